//! Servers.

use async_trait::async_trait;

use super::{Embedded, cards::know_server};
use crate::{
    domain::{
        ids::{ChannelId, ServerId, UserId},
        time::Timestamp,
    },
    store::{
        contract::Servers,
        error::Result,
        kv::Range,
        layout::{keys, keys::Parts, values},
        records::{Record, Refusal, RefusedChannel, Server, ServerSettings, SettingsRecord, Subscriber},
    },
};

#[async_trait]
impl Servers for Embedded {
    async fn settings(&self, server: ServerId) -> Result<ServerSettings> {
        self.get(&keys::of_server(keys::SETTINGS, server))?
            .map_or_else(|| Ok(ServerSettings::default()), |value| values::from_json(&value, "settings"))
    }

    async fn set_settings(
        &self,
        server: ServerId,
        expected: Option<&ServerSettings>,
        settings: ServerSettings,
    ) -> Result<bool> {
        let expected = expected.cloned();
        self.write(move |txn| {
            txn.shared.refuse_purging(server)?;
            let now: ServerSettings = txn.get(&keys::of_server(keys::SETTINGS, server))?.map_or_else(
                || Ok(ServerSettings::default()),
                |value| values::from_json(&value, "settings"),
            )?;
            if expected.is_some_and(|expected| expected != now) {
                return Ok(false);
            }
            know_server(txn, server, server.created_at())?;
            txn.put_record(&Record::Settings(SettingsRecord { server, settings }))?;
            Ok(true)
        })
        .await
    }

    async fn all_settings(&self) -> Result<Vec<(ServerId, ServerSettings)>> {
        self.all(&Range::prefix(&keys::kind(keys::SETTINGS)))?
            .iter()
            .map(|(key, value)| {
                let server = Parts::of(key).and_then(|(_, mut parts)| parts.server());
                let server = server.ok_or_else(|| values::damaged("settings"))?;
                Ok((server, values::from_json(value, "settings")?))
            })
            .collect()
    }

    async fn server_present(&self, server: ServerId, at: Timestamp) -> Result<()> {
        if self.server(server).await?.is_some_and(|known| known.removed.is_none()) {
            return Ok(());
        }
        self.write(move |txn| {
            // A purge that has begun goes to its end; the server is as new after it.
            txn.shared.refuse_purging(server)?;
            let key = keys::of_server(keys::SERVER, server);
            let known: Option<Server> =
                txn.get(&key)?.map(|value| values::from_json(&value, "server")).transpose()?;
            let first_seen = known.map_or(at, |known| known.first_seen);
            txn.put_record(&Record::Server(Server { id: server, first_seen, removed: None, purging: false }))
        })
        .await
    }

    async fn server_removed(&self, server: ServerId, at: Timestamp) -> Result<()> {
        self.write(move |txn| {
            let key = keys::of_server(keys::SERVER, server);
            let known: Option<Server> =
                txn.get(&key)?.map(|value| values::from_json(&value, "server")).transpose()?;
            match known {
                // Nothing is kept of a server that we never saw.
                None => Ok(()),
                Some(known) if known.removed.is_some() => Ok(()),
                Some(known) => txn.put_record(&Record::Server(Server { removed: Some(at), ..known })),
            }
        })
        .await
    }

    async fn server(&self, server: ServerId) -> Result<Option<Server>> {
        self.get(&keys::of_server(keys::SERVER, server))?
            .map(|value| values::from_json(&value, "server"))
            .transpose()
    }

    async fn servers(&self) -> Result<Vec<Server>> {
        self.all(&Range::prefix(&keys::kind(keys::SERVER)))?
            .iter()
            .map(|(_, value)| values::from_json(value, "server"))
            .collect()
    }

    async fn purge_server(&self, server: ServerId, at: Timestamp) -> Result<u64> {
        self.delete_server(server, at).await
    }

    async fn set_subscribed(&self, server: ServerId, user: UserId, on: bool, at: Timestamp) -> Result<bool> {
        self.write(move |txn| {
            txn.shared.refuse_purging(server)?;
            let key = keys::subscriber(server, user);
            let was = txn.has(&key)?;
            match (was, on) {
                (false, true) => {
                    know_server(txn, server, at)?;
                    txn.put_record(&Record::Subscriber(Subscriber { server, user, since: at }))?;
                }
                (true, false) => txn.delete(key),
                _ => {}
            }
            Ok(was != on)
        })
        .await
    }

    async fn subscribers(&self, server: ServerId) -> Result<Vec<Subscriber>> {
        self.all(&Range::prefix(&keys::of_server(keys::SUBSCRIBER, server)))?
            .iter()
            .map(|(_, value)| values::from_json(value, "subscriber"))
            .collect()
    }

    async fn channel_refused(
        &self,
        server: ServerId,
        channel: ChannelId,
        why: Refusal,
        at: Timestamp,
    ) -> Result<()> {
        self.write(move |txn| {
            txn.shared.refuse_purging(server)?;
            let known: Option<RefusedChannel> = txn
                .get(&keys::refused(server, channel))?
                .map(|value| values::from_json(&value, "refused_channel"))
                .transpose()?;
            let times = known.map_or(0, |known| known.times).saturating_add(1);
            know_server(txn, server, at)?;
            txn.put_record(&Record::RefusedChannel(RefusedChannel { server, channel, why, at, times }))
        })
        .await
    }

    async fn channel_accepted(&self, server: ServerId, channel: ChannelId) -> Result<()> {
        let key = keys::refused(server, channel);
        if self.get(&key)?.is_none() {
            return Ok(());
        }
        self.write(move |txn| {
            txn.delete(key);
            Ok(())
        })
        .await
    }

    async fn refused_channel(&self, server: ServerId, channel: ChannelId) -> Result<Option<RefusedChannel>> {
        self.get(&keys::refused(server, channel))?
            .map(|value| values::from_json(&value, "refused_channel"))
            .transpose()
    }

    async fn refused_channels(&self, server: ServerId) -> Result<Vec<RefusedChannel>> {
        self.all(&Range::prefix(&keys::of_server(keys::REFUSED, server)))?
            .iter()
            .map(|(_, value)| values::from_json(value, "refused_channel"))
            .collect()
    }
}
