//! Writes the packed library; `src/layout.rs` describes the file.

use crate::layout::{FILE_RECORD, MAGIC, MODULE_RECORD, RECORDS};
use flate2::{Compress, Compression, FlushCompress, Status};

/// What every start imports.
const STARTING: &[&str] = &[
    "_collections_abc",
    "_sitebuiltins",
    "abc",
    "codecs",
    "encodings",
    "encodings.aliases",
    "genericpath",
    "importlib._bootstrap",
    "importlib._bootstrap_external",
    "linecache",
    "os",
    "posixpath",
    "site",
    "stat",
    "zipimport",
];

/// A file to pack.
pub(crate) struct PackedFile {
    pub(crate) path: String,
    pub(crate) text: Vec<u8>,
    pub(crate) module: Option<PackedModule>,
}

/// What a file is as a module.
pub(crate) struct PackedModule {
    pub(crate) name: String,
    pub(crate) flags: u32,
    pub(crate) code: Vec<u8>,
    /// Where the parts of the code are; empty if it is read whole.
    pub(crate) index: Vec<u8>,
}

/// Builds the whole file. `files` are sorted by path.
pub(crate) fn write(files: &[PackedFile]) -> Vec<u8> {
    let mut modules: Vec<(usize, &PackedModule)> =
        files.iter().enumerate().filter_map(|(i, file)| Some((i, file.module.as_ref()?))).collect();
    modules.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    let mut head = MAGIC.to_vec();
    head.extend(number(files.len()));
    head.extend(number(modules.len()));
    let base = RECORDS + files.len() * FILE_RECORD + modules.len() * MODULE_RECORD;
    let mut body = Body { base, bytes: Vec::new() };
    // Names stand together and code stands together, that of a start first: a search, an import and a start touch few pages.
    let paths: Vec<_> = files.iter().map(|file| body.add(file.path.as_bytes())).collect();
    let names: Vec<_> = modules.iter().map(|(_, module)| body.add(module.name.as_bytes())).collect();
    let mut codes = vec![([0; 8], [0; 8]); modules.len()];
    let mut order: Vec<usize> = (0..modules.len()).collect();
    order.sort_by_key(|i| !STARTING.contains(&modules[*i].1.name.as_str()));
    for i in order {
        codes[i] = (body.add(&modules[i].1.code), body.add(&modules[i].1.index));
    }
    for (file, path) in files.iter().zip(paths) {
        let contents = body.add(&deflate(&file.text));
        head.extend([path, contents].concat());
        head.extend(number(file.text.len()));
    }
    for (((file, module), name), (code, index)) in modules.iter().zip(names).zip(codes) {
        head.extend(name);
        head.extend(number(*file));
        head.extend(code);
        head.extend(module.flags.to_le_bytes());
        head.extend(index);
    }
    assert_eq!(head.len(), base, "records as the layout says");
    head.extend(body.bytes);
    head
}

struct Body {
    base: usize,
    bytes: Vec<u8>,
}

impl Body {
    /// Appends `bytes` and returns their offset and length as a record holds them.
    fn add(&mut self, bytes: &[u8]) -> [u8; 8] {
        let start = self.base + self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        let mut place = [0; 8];
        place[..4].copy_from_slice(&number(start));
        place[4..].copy_from_slice(&number(bytes.len()));
        place
    }
}

/// The compressed text, or the text itself where compressing gains nothing.
fn deflate(text: &[u8]) -> Vec<u8> {
    let mut packed = Vec::with_capacity(text.len() + 64);
    let done = Compress::new(Compression::best(), false).compress_vec(text, &mut packed, FlushCompress::Finish);
    match done {
        Ok(Status::StreamEnd) if packed.len() < text.len() => packed,
        _ => text.to_vec(),
    }
}

fn number(n: usize) -> [u8; 4] {
    u32::try_from(n).expect("the packed library is smaller than 4 GiB").to_le_bytes()
}
