//! Everything that names serenity or poise. May use `service` and `card`.
