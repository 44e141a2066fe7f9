//! The layout of the packed library; compiled into both the packer and the reader.
//!
//! All numbers are `u32`, little-endian; offsets count from the start of the file.
//!
//! ```text
//! MAGIC  file count  module count
//! file records, sorted by path      (FILE_RECORD bytes each)
//! module records, sorted by name    (MODULE_RECORD bytes each)
//! names, code and contents, in no particular order
//! ```

/// First bytes of the file; the last one is the version of the layout.
pub(crate) const MAGIC: [u8; 8] = *b"PYXLIB\0\x02";

/// Where the records of files begin.
pub(crate) const RECORDS: usize = MAGIC.len() + 8;

/// path offset, path length, contents offset, stored length, length. Equal lengths mean that nothing is compressed.
pub(crate) const FILE_RECORD: usize = 20;

/// name offset, name length, index of the source's file record, code offset, code length, flags, offset and length of the code's index.
pub(crate) const MODULE_RECORD: usize = 32;

/// Flag of a module record: the module is a package.
pub(crate) const PACKAGE: u32 = 1;

/// Flag of a module record: CPython freezes this module, so its code is named `<frozen NAME>`.
pub(crate) const FROZEN: u32 = 2;
