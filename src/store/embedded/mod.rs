//! The store over an engine of keys and values: planning, group commit, and reads that never wait for either.
//!
//! Writes go as plans to one thread ([`writer`]), which sees everything planned before ([`txn`]) and commits many units
//! with one sync. Reads go to the engine on the caller's thread. Tallies are shown as they stood at the last durable
//! commit, so that no card shows a vote that a lost power supply could still take away.

mod cards;
mod catalog;
mod check;
mod counts;
mod find;
mod load;
mod marks;
mod members;
mod purge;
mod recent;
mod rename;
mod servers;
mod shared;
mod txn;
mod upkeep;
mod writer;

use std::sync::Arc;

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;

use self::{shared::SharedRef, txn::Txn, writer::Writer};
use super::{
    contract::Page,
    deletions::{Deletions, Forgotten},
    error::{OpenError, Result, StoreError},
    housekeeper::Housekeeper,
    kv::{Kv, Pair, Range, memory::MemoryKv},
    layout::{keys, values},
    records::Meta,
    voter_key::VoterKey,
};

/// What the store is, apart from its last commit.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Identity {
    pub(crate) schema: u32,
    pub(crate) store: String,
    #[serde(default)]
    pub(crate) application: Option<crate::domain::ids::ApplicationId>,
    #[serde(default)]
    pub(crate) voter_key: Option<String>,
}

/// Schema of the records that this version writes.
pub const SCHEMA: u32 = 2;

/// A store in one process, over an engine.
pub struct Embedded {
    kv: ArcSwapOption<EngineBox>,
    shared: SharedRef,
    writer: Writer,
    deletions: Arc<dyn Deletions>,
    key: VoterKey,
    keeper: Mutex<Option<Housekeeper>>,
}

/// `ArcSwap` wants a sized type.
struct EngineBox(Arc<dyn Kv>);

impl Embedded {
    /// Over an engine that was checked before. `deletions`: where erasures and purges are kept beside the snapshots.
    pub(crate) fn over(kv: Arc<dyn Kv>, deletions: Arc<dyn Deletions>, key: VoterKey) -> Result<Self> {
        let shared = Arc::new(shared::Shared::load(&*kv)?);
        let writer = Writer::start(Arc::clone(&kv), Arc::clone(&shared))
            .map_err(|error| StoreError::WritesStopped(error.to_string().into()))?;
        let kv = ArcSwapOption::from_pointee(EngineBox(kv));
        Ok(Self { kv, shared, writer, deletions, key, keeper: Mutex::new(None) })
    }

    /// Over an engine into which records are to be loaded; has no use for a key.
    pub(crate) fn building(kv: Arc<dyn Kv>) -> Result<Self> {
        Self::over(kv, Arc::new(Forgotten), random_key()?)
    }

    /// A store in memory: same behaviour, gone with the process.
    ///
    /// # Errors
    /// When the system has no thread left.
    pub fn in_memory() -> Result<Self, OpenError> {
        let kv = MemoryKv::default();
        let identity = Identity {
            schema: SCHEMA,
            store: random_id().map_err(|why| OpenError::Damaged { path: "memory".into(), why })?,
            application: None,
            voter_key: None,
        };
        kv.commit(&[(keys::IDENTITY.to_vec(), Some(values::json(&identity, "meta")?))].into())?;
        Ok(Self::building(Arc::new(kv))?)
    }

    fn kv(&self) -> Result<Arc<dyn Kv>> {
        self.kv.load().as_ref().map(|kv| Arc::clone(&kv.0)).ok_or(StoreError::Closed)
    }

    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.kv.load().as_ref().ok_or(StoreError::Closed)?.0.get(key)
    }

    /// All pairs of a range; for ranges known to be small.
    fn all(&self, range: &Range) -> Result<Vec<Pair>> {
        self.kv.load().as_ref().ok_or(StoreError::Closed)?.0.scan(range, false).collect()
    }

    /// Whether nothing lies in a range.
    fn is_void(&self, range: &Range) -> Result<bool> {
        Ok(self.kv()?.scan(range, false).next().transpose()?.is_none())
    }

    /// Hands in a unit and waits until it is durable.
    async fn write<T: Send + 'static>(
        &self,
        plan: impl FnOnce(&mut Txn<'_>) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        self.writer.write(plan).await
    }

    fn identity(&self) -> Result<Identity> {
        let value = self.get(keys::IDENTITY)?.ok_or_else(|| values::damaged("meta"))?;
        values::from_json(&value, "meta")
    }

    fn meta_now(&self) -> Result<Meta> {
        let Identity { schema, store, application, voter_key } = self.identity()?;
        Ok(Meta { schema, store, commit: self.shared.last_commit(), application, voter_key })
    }

    /// Number of the last durable commit.
    pub(crate) fn durable_commit(&self) -> u64 {
        self.shared.last_commit()
    }

    /// Takes a snapshot into the folder of this store now.
    ///
    /// # Errors
    /// When the store cannot be read or the folder cannot be written.
    pub fn take_snapshot(&self, folder: &super::StoreFolder) -> Result<super::snapshots::Snapshot> {
        let watched = self.watched()?;
        super::snapshots::take(folder, &self.meta_now()?, &watched, super::open::now())
    }

    /// What the housekeeper looks at.
    pub(super) fn watched(&self) -> Result<Watched> {
        Ok(Watched { kv: self.kv()?, shared: Arc::clone(&self.shared) })
    }

    /// Keeps the housekeeper until the store is shut.
    pub(super) fn keep(&self, keeper: Housekeeper) {
        *self.keeper.lock() = Some(keeper);
    }

    /// Stops the writer and lets go of the engine. Blocks.
    pub(crate) fn shut(&self) {
        self.writer.stop();
        // It lets go of the engine and, after its last witness, of the lock.
        self.kv.store(None);
        drop(self.keeper.lock().take());
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        self.shut();
    }
}

fn random_key() -> Result<VoterKey> {
    VoterKey::random().map_err(|error| StoreError::Read(error.to_string().into()))
}

/// What the housekeeper sees of a store: what is durable, and a walk over the records that keeps no writer waiting.
pub(crate) struct Watched {
    kv: Arc<dyn Kv>,
    shared: SharedRef,
}

impl Watched {
    /// Number of the last durable commit.
    pub(crate) fn commit(&self) -> u64 {
        self.shared.last_commit()
    }

    /// Bytes handed to the engine since the store was opened.
    pub(crate) fn written(&self) -> u64 {
        self.shared.written()
    }

    /// What the store knows of itself now.
    pub(crate) fn meta(&self, identity: &Identity) -> Meta {
        let Identity { schema, store, application, voter_key } = identity.clone();
        // A bot may have bound the store since it was opened.
        let now = self.kv.get(keys::IDENTITY).ok().flatten();
        let now: Option<Identity> = now.and_then(|value| values::from_json(&value, "meta").ok());
        let application = now.and_then(|now| now.application).or(application);
        Meta { schema, store, commit: self.commit(), application, voter_key }
    }

    /// A page of the walk over all records.
    pub(crate) fn records(&self, from: Option<Vec<u8>>) -> Result<Page> {
        upkeep::page(&*self.kv, from)
    }
}

/// 128 random bits as text.
pub(crate) fn random_id() -> std::result::Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
