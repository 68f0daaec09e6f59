//! Export: everything a store holds, as JSON Lines that `import` takes back. The same whether this process has the store
//! open or a running bot does.

use std::io::Write;

use super::desk::{Desk, DeskError};
use crate::{
    domain::time::Timestamp,
    store::{
        StoreError,
        export::{Exporter, Header},
    },
};

/// Writes everything to `sink`; `progress` is told the number of records so far. Returns that of all.
///
/// # Errors
/// When the store cannot be read or the sink cannot be written.
pub async fn export(
    desk: &dyn Desk,
    taken: Timestamp,
    sink: impl Write + Send,
    mut progress: impl FnMut(u64) + Send,
) -> Result<u64, DeskError> {
    let failed = |error: std::io::Error| {
        DeskError::Store(StoreError::File {
            what: "writing the export".into(),
            why: error.to_string().into(),
        })
    };
    let mut exporter = Exporter::begin(sink, &Header::of(&desk.meta().await?, taken)).map_err(failed)?;
    let mut from = None;
    let mut records = 0;
    loop {
        let page = desk.page(from).await?;
        for record in &page.records {
            exporter.record(record).map_err(failed)?;
            records += 1;
        }
        progress(records);
        from = page.next;
        if from.is_none() {
            exporter.end().map_err(failed)?;
            return Ok(records);
        }
    }
}
