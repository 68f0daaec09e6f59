//! The form in which a store leaves and enters: JSON Lines, complete and re-importable. The key is never in it.
//!
//! ```text
//! {"format":"tiebreaker-store","schema":1,"store":"…","commit":42,"taken":1764000000000,"application":…,"voter_key":"…"}
//! {"kind":"marks","server":1,"voter":"…","tool":"axolotl","marks":[…]}
//! …
//! {"footer":{"records":1,"counts":{"marks":1},"crc":"0a1b2c3d"}}
//! ```
//!
//! The checksum covers every byte before the footer. A file may be gzipped; that is seen from its first bytes.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
};

use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};

use super::{
    contract::{MOST_LOADED, Store},
    embedded::SCHEMA,
    error::{Result, StoreError},
    records::{Meta, Record},
};
use crate::domain::{ids::ApplicationId, time::Timestamp};

const FORMAT: &str = "tiebreaker-store";
/// Longest line that is read, in bytes: a record is under 64 KiB, its JSON at most six times that.
const LONGEST_LINE: u64 = 1024 * 1024;

/// First line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    format: String,
    /// Schema of the records.
    pub schema: u32,
    /// Id of the store from which it came.
    pub store: String,
    /// Its last commit when the walk began.
    pub commit: u64,
    /// When the walk began.
    pub taken: Timestamp,
    /// The application whose cards these are.
    pub application: Option<ApplicationId>,
    /// Fingerprint of the key of the voters' hashes.
    pub voter_key: Option<String>,
}

impl Header {
    pub(crate) fn of(meta: &Meta, taken: Timestamp) -> Self {
        Self {
            format: FORMAT.to_owned(),
            schema: meta.schema,
            store: meta.store.clone(),
            commit: meta.commit,
            taken,
            application: meta.application,
            voter_key: meta.voter_key.clone(),
        }
    }
}

/// Last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Footer {
    /// Number of records.
    pub records: u64,
    /// Number of records by kind.
    pub counts: BTreeMap<String, u64>,
    /// CRC-32 of everything before, in hex.
    crc: String,
}

#[derive(Serialize, Deserialize)]
struct FooterLine {
    footer: Footer,
}

/// Writes an export.
pub(crate) struct Exporter<W: Write> {
    sink: W,
    crc: crc32fast::Hasher,
    counts: BTreeMap<String, u64>,
    line: Vec<u8>,
}

impl<W: Write> Exporter<W> {
    pub(crate) fn begin(sink: W, header: &Header) -> io::Result<Self> {
        let mut this =
            Self { sink, crc: crc32fast::Hasher::new(), counts: BTreeMap::new(), line: Vec::new() };
        this.put(header)?;
        Ok(this)
    }

    fn put<T: Serialize>(&mut self, value: &T) -> io::Result<()> {
        self.line.clear();
        serde_json::to_writer(&mut self.line, value)?;
        self.line.push(b'\n');
        self.crc.update(&self.line);
        self.sink.write_all(&self.line)
    }

    pub(crate) fn record(&mut self, record: &Record) -> io::Result<()> {
        *self.counts.entry(record.kind().to_owned()).or_default() += 1;
        self.put(record)
    }

    pub(crate) fn end(mut self) -> io::Result<(W, Footer)> {
        let crc = format!("{:08x}", self.crc.clone().finalize());
        let footer =
            Footer { records: self.counts.values().sum(), counts: std::mem::take(&mut self.counts), crc };
        self.put(&FooterLine { footer: footer.clone() })?;
        self.sink.flush()?;
        Ok((self.sink, footer))
    }
}

/// Reads an export.
struct Importer<R: BufRead> {
    source: R,
    crc: crc32fast::Hasher,
    counts: BTreeMap<String, u64>,
    line: u64,
    header: Header,
}

fn bad(line: u64, why: impl Into<std::sync::Arc<str>>) -> StoreError {
    StoreError::Import { line, why: why.into() }
}

impl<R: BufRead> Importer<R> {
    fn begin(mut source: R) -> Result<Self> {
        let mut crc = crc32fast::Hasher::new();
        let first = read_line(&mut source, 1)?.ok_or_else(|| bad(0, "it is empty"))?;
        let header: Header = serde_json::from_slice(&first)
            .map_err(|error| bad(1, format!("this is no export of Tiebreaker ({error})")))?;
        if header.format != FORMAT {
            return Err(bad(1, "this is no export of Tiebreaker"));
        }
        if header.schema > SCHEMA {
            let why = format!("it has schema {}, this version knows up to {SCHEMA}", header.schema);
            return Err(bad(1, why));
        }
        crc.update(&first);
        Ok(Self { source, crc, counts: BTreeMap::new(), line: 1, header })
    }

    /// The next record; `None` after a footer that agrees with everything before it.
    fn next(&mut self) -> Result<Option<Record>> {
        self.line += 1;
        let at = self.line;
        let line = read_line(&mut self.source, at)?
            .ok_or_else(|| bad(0, "the last line is missing: the export was cut short"))?;
        if line.starts_with(b"{\"footer\":") {
            return self.check(&line).map(|()| None);
        }
        self.crc.update(&line);
        let record: Record = serde_json::from_slice(&line).map_err(|error| bad(at, error.to_string()))?;
        *self.counts.entry(record.kind().to_owned()).or_default() += 1;
        Ok(Some(record))
    }

    fn check(&mut self, line: &[u8]) -> Result<()> {
        let at = self.line;
        let FooterLine { footer } =
            serde_json::from_slice(line).map_err(|error| bad(at, error.to_string()))?;
        if footer.crc != format!("{:08x}", self.crc.clone().finalize()) || footer.counts != self.counts {
            return Err(bad(at, "the checksum does not fit: the export was altered or damaged"));
        }
        if read_line(&mut self.source, at + 1)?.is_some() {
            return Err(bad(at + 1, "something follows the last line"));
        }
        Ok(())
    }
}

/// One line with its end.
fn read_line(source: &mut impl BufRead, at: u64) -> Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let read = source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line);
    read.map_err(|error| bad(at, error.to_string()))?;
    match line.last() {
        None => Ok(None),
        Some(b'\n') => Ok(Some(line)),
        Some(_) if line.len() as u64 == LONGEST_LINE => Err(bad(at, "the line is too long")),
        Some(_) => Err(bad(at, "the line has no end: the export was cut short")),
    }
}

/// The source without gzip, if there was any.
fn unpacked<'a, R: Read + Seek + Send>(source: &'a mut R) -> Result<Box<dyn BufRead + Send + 'a>> {
    let io = |error: io::Error| bad(0, error.to_string());
    source.seek(SeekFrom::Start(0)).map_err(io)?;
    let mut magic = [0; 2];
    let packed = match source.read_exact(&mut magic) {
        Ok(()) => magic == [0x1f, 0x8b],
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => false,
        Err(error) => return Err(io(error)),
    };
    source.seek(SeekFrom::Start(0)).map_err(io)?;
    Ok(if packed {
        Box::new(BufReader::with_capacity(
            1 << 16,
            MultiGzDecoder::new(BufReader::with_capacity(1 << 16, source)),
        ))
    } else {
        Box::new(BufReader::with_capacity(1 << 16, source))
    })
}

/// Reads an export from beginning to end and checks it; nothing is stored.
///
/// # Errors
/// [`StoreError::Import`], with the line.
pub fn verify<R: Read + Seek + Send>(source: &mut R) -> Result<(Header, u64)> {
    let mut importer = Importer::begin(unpacked(source)?)?;
    let mut records = 0;
    while importer.next()?.is_some() {
        records += 1;
    }
    Ok((importer.header, records))
}

/// Loads the records of a checked export.
pub(crate) async fn load_all<R: Read + Seek + Send>(
    store: &dyn Store,
    source: &mut R,
    mut progress: impl FnMut(u64) + Send,
) -> Result<u64> {
    let mut importer = Importer::begin(unpacked(source)?)?;
    let (mut some, mut records) = (Vec::new(), 0);
    loop {
        let next = importer.next()?;
        let ended = next.is_none();
        some.extend(next);
        if some.len() == MOST_LOADED || (ended && !some.is_empty()) {
            records += some.len() as u64;
            store.load(std::mem::take(&mut some)).await?;
            progress(records);
        }
        if ended {
            return Ok(records);
        }
    }
}

/// Writes everything a store holds to `sink`. `progress` is told the number of records so far.
///
/// # Errors
/// When the store cannot be read or the sink cannot be written.
pub async fn export<W: Write + Send>(
    store: &dyn Store,
    taken: Timestamp,
    sink: W,
    mut progress: impl FnMut(u64) + Send,
) -> Result<Footer> {
    let failed = |error: io::Error| StoreError::File {
        what: "writing the export".into(),
        why: error.to_string().into(),
    };
    let mut exporter = Exporter::begin(sink, &Header::of(&store.meta().await?, taken)).map_err(failed)?;
    let (mut from, mut records) = (None, 0);
    loop {
        let page = store.records(from).await?;
        for record in &page.records {
            exporter.record(record).map_err(failed)?;
        }
        records += page.records.len() as u64;
        progress(records);
        from = page.next;
        if from.is_none() {
            let (_, footer) = exporter.end().map_err(failed)?;
            return Ok(footer);
        }
    }
}

/// Puts everything an export holds into a store, then applies the erasures and purges that the store remembers. The
/// whole export is checked before the first record is written. A store that holds something is refused unless `merge`:
/// then records with the same key are replaced. Returns the number of records.
///
/// # Errors
/// [`StoreError::Import`] with the line, and whatever writing reports.
pub async fn import<R: Read + Seek + Send>(
    store: &dyn Store,
    source: &mut R,
    merge: bool,
    progress: impl FnMut(u64) + Send,
) -> Result<u64> {
    let (header, _) = verify(source)?;
    let meta = store.meta().await?;
    if !merge && !store.is_empty().await? {
        return Err(bad(0, "the store holds something already"));
    }
    // Marks hashed with another key would belong to nobody, for ever.
    if let (Some(theirs), Some(ours)) = (&header.voter_key, &meta.voter_key)
        && theirs != ours
    {
        return Err(bad(
            1,
            format!("its voters were hashed with the key {theirs}, this store's key is {ours}"),
        ));
    }
    if let (Some(theirs), Some(ours)) = (header.application, meta.application)
        && theirs != ours
    {
        return Err(bad(1, format!("it belongs to the application {theirs}, this store to {ours}")));
    }
    let records = load_all(store, source, progress).await?;
    store.redo_deletions().await?;
    Ok(records)
}

/// Copies everything from one store to another, empty one. Returns the number of records.
///
/// # Errors
/// When the target holds something or has another key, and whatever reading and writing report.
pub async fn copy(from: &dyn Store, to: &dyn Store, mut progress: impl FnMut(u64) + Send) -> Result<u64> {
    if !to.is_empty().await? {
        return Err(bad(0, "the store to which it is to be copied holds something already"));
    }
    let (source, target) = (from.meta().await?, to.meta().await?);
    if source.voter_key.is_some() && target.voter_key.is_some() && source.voter_key != target.voter_key {
        return Err(bad(0, "the two stores hash their voters with different keys"));
    }
    let (mut next, mut records) = (None, 0);
    loop {
        let page = from.records(next).await?;
        records += page.records.len() as u64;
        to.load(page.records).await?;
        progress(records);
        next = page.next;
        if next.is_none() {
            return Ok(records);
        }
    }
}
