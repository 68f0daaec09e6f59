//! Opening a store in its folder: is it the one that was here, whole, of a schema we know, of our application and key?
//!
//! Whatever looks wrong is refused with the way back. What cannot happen is a store that lost everything and opens as an
//! empty one: identity and last commit are compared with the witness that lies beside the engine's files.

use std::{fs, io, path::PathBuf, sync::Arc, time::SystemTime};

use super::{
    contract::Upkeep as _,
    deletions::DeletionsFile,
    embedded::{Embedded, Identity, SCHEMA, random_id},
    error::OpenError,
    folder::{StoreFolder, Witness},
    housekeeper::{self, Housekeeping},
    kv::{
        Kv, Range,
        disk::{Disk, RealDisk},
        sled::{SledKv, SledOpenError},
    },
    layout::{keys, values},
    migrate,
    snapshots::{self, SnapshotPlan},
    voter_key::VoterKey,
};
use crate::domain::{ids::ApplicationId, time::Timestamp};

/// Tries for a lock before the last one, and the pause after each: half a second in all.
const LOCK_TRIES: usize = 10;
const LOCK_PAUSE: std::time::Duration = std::time::Duration::from_millis(50);

/// How to open a store.
#[derive(Clone)]
pub struct OpenOptions {
    /// The key of the voters' hashes; `None`: the file in the folder, made when the store is new.
    pub voter_key: Option<VoterKey>,
    /// The application whose bot opens it; `None`: whichever it is.
    pub application: Option<ApplicationId>,
    /// Open what is there although something was lost, or begin anew when nothing can be opened.
    pub accept_loss: bool,
    /// Make the store when there is none.
    pub create: bool,
    /// When snapshots are made; `None`: never.
    pub snapshots: Option<SnapshotPlan>,
    /// What makes writes durable. Only tests put another one here.
    pub disk: Arc<dyn Disk>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self {
            voter_key: None,
            application: None,
            accept_loss: false,
            create: true,
            snapshots: Some(SnapshotPlan::default()),
            disk: Arc::new(RealDisk),
        }
    }
}

/// The present, for names and ages of files.
pub(crate) fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Opens the store of a folder.
///
/// # Errors
/// See [`OpenError`]: each says what is wrong and the way back.
pub async fn open(folder: &StoreFolder, options: OpenOptions) -> Result<Arc<Embedded>, OpenError> {
    // A process that somebody starts from this one holds our files for the moment between fork and exec, the locks of a
    // store that was just closed among them. So a lock is asked for a few times before it counts as taken.
    for _ in 0..LOCK_TRIES {
        match open_once(folder, options.clone()).await {
            Err(OpenError::Locked(_)) => tokio::time::sleep(LOCK_PAUSE).await,
            opened => return opened,
        }
    }
    open_once(folder, options).await
}

async fn open_once(folder: &StoreFolder, options: OpenOptions) -> Result<Arc<Embedded>, OpenError> {
    if !options.create && !folder.exists() {
        let why = io::Error::new(io::ErrorKind::NotFound, "there is no store");
        return Err(OpenError::Folder { what: "opening", path: folder.path().to_owned(), why });
    }
    folder.make()?;
    let lock = folder.lock()?;
    let witness = read_witness(folder, options.accept_loss)?;
    let kv = open_engine(folder, &options, witness.as_ref())?;
    let mut identity = match identity_of(&*kv, folder)? {
        Some(identity) => identity,
        None => create(&*kv)?,
    };
    if identity.schema > SCHEMA {
        return Err(OpenError::Newer { found: identity.schema, known: SCHEMA });
    }
    if identity.schema < SCHEMA {
        identity = migrate::migrate(&*kv, identity)?;
    }
    if let Some(witness) = &witness
        && let Some(why) = what_was_lost(&*kv, &identity, witness)?
        && !options.accept_loss
    {
        return Err(OpenError::Lost { path: folder.path().to_owned(), why });
    }
    let key = voter_key(folder, options.voter_key, &identity)?;
    bind(&*kv, &mut identity, options.application, &key)?;

    let store_id = identity.store.clone();
    let deletions = Arc::new(DeletionsFile::at(folder.deletions()));
    let store = Arc::new(Embedded::over(Arc::clone(&kv) as Arc<dyn Kv>, deletions, key)?);
    Witness { store: store_id, commit: store.durable_commit() }
        .write(&folder.witness())
        .map_err(|why| OpenError::Folder { what: "writing", path: folder.witness(), why })?;
    let keeping = Housekeeping { folder: folder.clone(), identity, plan: options.snapshots, lock };
    housekeeper::start(&store, keeping)?;
    let redone = store.redo_deletions().await?;
    if redone > 0 {
        tracing::info!(deletions = redone, "applied erasures and purges that this store did not know of");
    }
    Ok(store)
}

fn read_witness(folder: &StoreFolder, accept_loss: bool) -> Result<Option<Witness>, OpenError> {
    match Witness::read(&folder.witness()) {
        Ok(witness) => Ok(witness),
        Err(_) if accept_loss => Ok(None),
        Err(error) => {
            let why = format!("{} cannot be read ({error})", folder.witness().display());
            Err(OpenError::Lost { path: folder.path().to_owned(), why })
        }
    }
}

/// Opens sled's files; a folder that held a store before must not get a new one by mistake.
fn open_engine(
    folder: &StoreFolder,
    options: &OpenOptions,
    witness: Option<&Witness>,
) -> Result<Arc<SledKv>, OpenError> {
    let engine = folder.engine();
    let held_before = match witness {
        Some(witness) => Some(format!("store {} was here with commit {}", witness.store, witness.commit)),
        None => snapshots::list(folder)?
            .last()
            .map(|last| format!("there is a snapshot, {}", last.path.display())),
    };
    let lost = |why: String| OpenError::Lost { path: folder.path().to_owned(), why };
    if let Some(before) = &held_before
        && !options.accept_loss
        && !engine.join("db").exists()
    {
        return Err(lost(format!("{before}, but {} is missing", engine.join("db").display())));
    }
    let opened = match SledKv::open(&engine, Arc::clone(&options.disk)) {
        Err(SledOpenError::Damaged(why)) if options.accept_loss => {
            let aside = set_aside(folder)?;
            tracing::warn!(%why, aside = %aside.display(), "the store could not be opened and was set aside");
            SledKv::open(&engine, Arc::clone(&options.disk))
        }
        opened => opened,
    };
    let kv = opened.map_err(|error| match error {
        SledOpenError::Locked => OpenError::Locked(folder.path().to_owned()),
        SledOpenError::Io(why) => OpenError::Folder { what: "opening", path: engine.clone(), why },
        SledOpenError::Damaged(why) => OpenError::Damaged { path: folder.path().to_owned(), why },
    })?;
    super::folder::sync_folder(&engine)
        .and_then(|()| super::folder::sync_folder(folder.path()))
        .map_err(|why| OpenError::Folder { what: "syncing", path: engine, why })?;
    if let Some(before) = held_before
        && !options.accept_loss
        && kv.get(keys::IDENTITY)?.is_none()
    {
        return Err(lost(format!("{before}, but what opens is empty")));
    }
    Ok(Arc::new(kv))
}

/// Moves the engine's files out of the way; they are deleted 30 days later.
pub(crate) fn set_aside(folder: &StoreFolder) -> Result<PathBuf, OpenError> {
    let engine = folder.engine();
    let aside = folder.path().join(format!("sled.replaced-{}", now().0));
    fs::rename(&engine, &aside).map_err(|why| OpenError::Folder {
        what: "setting aside",
        path: engine,
        why,
    })?;
    Ok(aside)
}

fn identity_of(kv: &dyn Kv, folder: &StoreFolder) -> Result<Option<Identity>, OpenError> {
    if let Some(value) = kv.get(keys::IDENTITY)? {
        return Ok(Some(values::from_json(&value, "meta")?));
    }
    match kv.scan(&Range::prefix(&[]), false).next().transpose()? {
        None => Ok(None),
        Some(_) => {
            let why = "it holds records but does not know who it is".to_owned();
            Err(OpenError::Damaged { path: folder.path().to_owned(), why })
        }
    }
}

fn create(kv: &dyn Kv) -> Result<Identity, OpenError> {
    let store = random_id().map_err(|why| OpenError::Damaged { path: PathBuf::new(), why })?;
    let identity = Identity { schema: SCHEMA, store, application: None, voter_key: None };
    put_identity(kv, &identity)?;
    Ok(identity)
}

pub(crate) fn put_identity(kv: &dyn Kv, identity: &Identity) -> Result<(), OpenError> {
    kv.commit(&[(keys::IDENTITY.to_vec(), Some(values::json(identity, "meta")?))].into())?;
    Ok(())
}

fn what_was_lost(kv: &dyn Kv, identity: &Identity, witness: &Witness) -> Result<Option<String>, OpenError> {
    if identity.store != witness.store {
        return Ok(Some(format!("its id is {}, the one that was here is {}", identity.store, witness.store)));
    }
    let head = kv.get(keys::HEAD)?.map_or(Ok(values::Head::default()), |value| values::to_head(&value))?;
    if head.commit < witness.commit {
        let why = format!("its last commit is {}, but {} was there already", head.commit, witness.commit);
        return Ok(Some(why));
    }
    Ok(None)
}

/// Whether what an export holds may be opened with this key and application: asked before anything is replaced.
pub(crate) fn admits(
    folder: &StoreFolder,
    options: &OpenOptions,
    identity: &Identity,
) -> Result<(), OpenError> {
    let key = voter_key(folder, options.voter_key.clone(), identity)?;
    bound(&mut identity.clone(), options.application, &key)
}

/// The key at hand. A new one is made for a store that knows none, never for one whose key file went missing.
fn voter_key(
    folder: &StoreFolder,
    given: Option<VoterKey>,
    identity: &Identity,
) -> Result<VoterKey, OpenError> {
    let file = folder.path().join(super::voter_key::VOTER_KEY_FILE);
    match (given, &identity.voter_key) {
        (Some(key), _) => Ok(key),
        (None, Some(found)) if !file.exists() => {
            let given = format!("missing ({} is not there)", file.display());
            Err(OpenError::OtherKey { found: found.clone(), given })
        }
        (None, _) => VoterKey::load_or_create(folder.path()),
    }
}

/// Checks application and key against the store, and notes them in a store that knew none.
fn bind(
    kv: &dyn Kv,
    identity: &mut Identity,
    application: Option<ApplicationId>,
    key: &VoterKey,
) -> Result<(), OpenError> {
    let before = identity.clone();
    bound(identity, application, key)?;
    if *identity != before {
        put_identity(kv, identity)?;
    }
    Ok(())
}

fn bound(
    identity: &mut Identity,
    application: Option<ApplicationId>,
    key: &VoterKey,
) -> Result<(), OpenError> {
    if let Some(given) = application {
        match identity.application {
            Some(found) if found != given => {
                return Err(OpenError::OtherApplication { found: found.0, given: given.0 });
            }
            _ => identity.application = Some(given),
        }
    }
    match &identity.voter_key {
        Some(found) if *found != key.fingerprint() => {
            Err(OpenError::OtherKey { found: found.clone(), given: key.fingerprint() })
        }
        _ => {
            identity.voter_key = Some(key.fingerprint());
            Ok(())
        }
    }
}
