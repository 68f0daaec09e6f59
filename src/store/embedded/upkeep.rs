//! What keeps the store in order, and moves it.

use async_trait::async_trait;

use super::{
    Embedded,
    load::{PASSED_OVER, load},
};
use crate::{
    domain::{ids::ApplicationId, time::Timestamp},
    store::{
        contract::{CheckReport, MOST_LOADED, Page, PurgeReport, Upkeep},
        error::{OpenError, Result, StoreError},
        kv::{Kv, Range},
        layout::{keys, record, values},
        records::{Meta, Record},
    },
};

/// Records in a page, and the bytes after which one ends early.
const PAGE: usize = 250;
const PAGE_BYTES: usize = 4 * 1024 * 1024;

/// A page of the walk over all records.
pub(super) fn page(kv: &dyn Kv, from: Option<Vec<u8>>) -> Result<Page> {
    let mut page = Page::default();
    let mut bytes = 0;
    let mut range = Range::prefix(&[]).starting(&from.unwrap_or_default());
    'walk: loop {
        for pair in kv.scan(&range, false) {
            let (key, value) = pair?;
            if page.records.len() == PAGE || bytes > PAGE_BYTES {
                page.next = Some(key);
                return Ok(page);
            }
            if let Some(kind) = key.first().filter(|kind| PASSED_OVER.contains(kind)) {
                // Derived kinds are long; they are jumped over, not walked.
                range = Range::prefix(&[]).starting(&[kind + 1]);
                continue 'walk;
            }
            bytes += key.len() + value.len();
            page.records.extend(record(&key, &value)?);
        }
        return Ok(page);
    }
}

#[async_trait]
impl Upkeep for Embedded {
    async fn meta(&self) -> Result<Meta> {
        self.meta_now()
    }

    async fn bind_application(&self, application: ApplicationId) -> Result<(), OpenError> {
        let known = self.identity()?.application;
        if known == Some(application) {
            return Ok(());
        }
        if let Some(found) = known {
            return Err(OpenError::OtherApplication { found: found.0, given: application.0 });
        }
        let mut identity = self.identity()?;
        identity.application = Some(application);
        let value = values::json(&identity, "meta")?;
        self.write(move |txn| {
            txn.put(keys::IDENTITY.to_vec(), value);
            Ok(())
        })
        .await?;
        Ok(())
    }

    async fn purge_due(&self, now: Timestamp) -> Result<PurgeReport> {
        self.purge_all_due(now).await
    }

    async fn check(&self) -> Result<CheckReport> {
        self.check_all().await
    }

    async fn records(&self, from: Option<Vec<u8>>) -> Result<Page> {
        page(&*self.kv()?, from)
    }

    async fn load(&self, records: Vec<Record>) -> Result<()> {
        if records.len() > MOST_LOADED {
            return Err(StoreError::TooLarge {
                what: "list of records",
                bytes: records.len(),
                most: MOST_LOADED,
            });
        }
        self.write(move |txn| records.into_iter().try_for_each(|record| load(txn, record))).await
    }

    async fn is_empty(&self) -> Result<bool> {
        Ok(self.records(None).await?.records.is_empty())
    }

    async fn redo_deletions(&self) -> Result<u64> {
        self.redo_kept_deletions().await
    }

    fn write_error(&self) -> Option<StoreError> {
        self.shared.stopped()
    }

    async fn close(&self) -> Result<()> {
        // Waiting for the writer's last commit is short; it must be over before the files are let go.
        self.shut();
        Ok(())
    }
}
