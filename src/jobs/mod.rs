//! Due work, run once per key, whatever the number of restarts or shards. May use `service`.
