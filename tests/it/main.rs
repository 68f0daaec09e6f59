//! The one integration-test binary (one link step instead of many). One module per subject.
mod catalog_data;
