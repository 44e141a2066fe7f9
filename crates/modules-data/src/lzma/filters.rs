//! Filter chains: from dicts to the library's form, and properties as bytes.

use super::{error, failed, unsigned};
use runtime::protocols::{call, mapping, sequence};
use runtime::types::dict::{self, Dict};
use runtime::types::exceptions::KEY_ERROR;
use runtime::types::int;
use runtime::types::str as pystr;
use runtime::types::str::Str;
use runtime::{Obj, ObjExt, Py, PyResult, Raised, Thread};
use xz::stream::{Error, Filters, LzmaOptions, MatchFinder, Mode};

pub(super) const LZMA1: u64 = 0x4000_0000_0000_0001;
const LZMA2: u64 = 33;
const DELTA: u64 = 3;
/// The longest chain.
const MOST: usize = 4;
const DEFAULT_PRESET: u32 = 6;

/// The options of LZMA1 and LZMA2 that were given; the preset has the others.
#[derive(Clone, Default)]
pub(super) struct Options {
    preset: u32,
    dict_size: Option<u32>,
    lc: Option<u32>,
    lp: Option<u32>,
    pb: Option<u32>,
    mode: Option<u32>,
    nice_len: Option<u32>,
    mf: Option<u32>,
    depth: Option<u32>,
}

/// One filter of a chain.
pub(super) enum Filter {
    Lzma { id: u64, options: Options },
    Delta { distance: u32 },
    Branch { id: u64, start_offset: u32 },
}

#[cold]
fn options_error(th: &Thread) -> Raised {
    failed(th, &Error::Options)
}

/// The library's options of a preset.
pub(super) fn preset_options(th: &Thread, preset: u32) -> PyResult<LzmaOptions> {
    LzmaOptions::new_preset(preset).map_err(|_| error(th, format!("Invalid compression preset: {preset}")))
}

impl Options {
    /// The size of the dictionary that a preset asks for.
    fn dict_size(&self) -> u32 {
        const POWERS: [u32; 10] = [18, 20, 21, 22, 22, 23, 23, 24, 25, 26];
        self.dict_size.unwrap_or(1 << POWERS[(self.preset & 31).min(9) as usize])
    }

    fn literal(&self) -> (u32, u32, u32) {
        (self.lc.unwrap_or(3), self.lp.unwrap_or(0), self.pb.unwrap_or(2))
    }

    pub(super) fn build(&self, th: &Thread) -> PyResult<LzmaOptions> {
        let mut o = preset_options(th, self.preset)?;
        let (lc, lp, pb) = self.literal();
        if lc > 4 || lp > 4 || lc + lp > 4 || pb > 4 {
            return Err(options_error(th));
        }
        o.dict_size(self.dict_size()).literal_context_bits(lc).literal_position_bits(lp).position_bits(pb);
        match self.mode {
            None => {}
            Some(1) => drop(o.mode(Mode::Fast)),
            Some(2) => drop(o.mode(Mode::Normal)),
            Some(_) => return Err(options_error(th)),
        }
        if let Some(mf) = self.mf {
            o.match_finder(match mf {
                3 => MatchFinder::HashChain3,
                4 => MatchFinder::HashChain4,
                18 => MatchFinder::BinaryTree2,
                19 => MatchFinder::BinaryTree3,
                20 => MatchFinder::BinaryTree4,
                _ => return Err(options_error(th)),
            });
        }
        if let Some(n) = self.nice_len {
            o.nice_len(n);
        }
        if let Some(d) = self.depth {
            o.depth(d);
        }
        Ok(o)
    }
}

/// Calls `f` with each entry but `id`; `f` says whether it knows the name.
fn entries(th: &Thread, spec: &Py<Dict>, what: &str, mut f: impl FnMut(&str, &Obj) -> PyResult<bool>) -> PyResult<()> {
    for (key, value) in spec.items_vec() {
        let name = key.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
        if name != "id" && !f(&name, &value)? {
            return Err(th.value_error(format!("Invalid filter specifier for {what} filter")));
        }
    }
    Ok(())
}

impl Filter {
    /// A filter from its dict.
    pub(super) fn parse(th: &Thread, spec: &Obj) -> PyResult<Filter> {
        if spec.ty().slots.mp_subscript.get().is_none() {
            return Err(th.type_error("Filter specifier must be a dict or dict-like object"));
        }
        let id = match mapping::get_item(th, spec, &pystr::intern("id").into_obj()) {
            Ok(id) => id,
            Err(raised) => {
                th.catch(raised, KEY_ERROR)?;
                return Err(th.value_error("Filter specifier must have an \"id\" entry"));
            }
        };
        let id: u64 = unsigned(th, &id, "lzma_vli")?;
        let made;
        let spec = match spec.downcast::<Dict>() {
            Some(d) => d,
            None => {
                let dict = runtime::builtins::get(th, "dict")?;
                made = call::call(th, &dict, std::slice::from_ref(spec))?;
                match made.downcast::<Dict>() {
                    Some(d) => d,
                    None => return Err(th.type_error("Filter specifier must be a dict or dict-like object")),
                }
            }
        };
        let uint = |o: &Obj| unsigned::<u32>(th, o, "uint32_t");
        match id {
            LZMA1 | LZMA2 => {
                let mut o = Options { preset: DEFAULT_PRESET, ..Options::default() };
                if let Some(preset) = spec.get_str(&pystr::intern("preset")) {
                    o.preset = uint(&preset)?;
                    preset_options(th, o.preset)?;
                }
                entries(th, spec, "LZMA", |name, value| {
                    let place = match name {
                        "preset" => return Ok(true),
                        "dict_size" => &mut o.dict_size,
                        "lc" => &mut o.lc,
                        "lp" => &mut o.lp,
                        "pb" => &mut o.pb,
                        "mode" => &mut o.mode,
                        "nice_len" => &mut o.nice_len,
                        "mf" => &mut o.mf,
                        "depth" => &mut o.depth,
                        _ => return Ok(false),
                    };
                    *place = Some(uint(value)?);
                    Ok(true)
                })?;
                Ok(Filter::Lzma { id, options: o })
            }
            DELTA => {
                let mut distance = 1;
                entries(th, spec, "delta", |name, value| {
                    distance = if name == "dist" { uint(value)? } else { return Ok(false) };
                    Ok(true)
                })?;
                Ok(Filter::Delta { distance })
            }
            4..=9 => {
                let mut start_offset = 0;
                entries(th, spec, "BCJ", |name, value| {
                    start_offset = if name == "start_offset" { uint(value)? } else { return Ok(false) };
                    Ok(true)
                })?;
                Ok(Filter::Branch { id, start_offset })
            }
            _ => Err(th.value_error(format!("Invalid filter ID: {id}"))),
        }
    }

    /// The options of a chain that is a single LZMA1 filter.
    pub(super) fn lzma1(&self) -> Option<&Options> {
        match self {
            Filter::Lzma { id: LZMA1, options } => Some(options),
            _ => None,
        }
    }

    fn add(&self, th: &Thread, chain: &mut Filters) -> PyResult<()> {
        let done = match self {
            Filter::Lzma { id: LZMA1, options } => Ok(chain.lzma1(&options.build(th)?)),
            Filter::Lzma { options, .. } => Ok(chain.lzma2(&options.build(th)?)),
            Filter::Delta { distance: 1..=256 } => chain.delta_properties(&self.properties(th)?),
            Filter::Delta { .. } => Err(Error::Options),
            Filter::Branch { id, start_offset: 0 } => Ok(match id {
                4 => chain.x86(),
                5 => chain.powerpc(),
                6 => chain.ia64(),
                7 => chain.arm(),
                8 => chain.arm_thumb(),
                _ => chain.sparc(),
            }),
            Filter::Branch { id, .. } => {
                let p = self.properties(th)?;
                match id {
                    4 => chain.x86_properties(&p),
                    5 => chain.powerpc_properties(&p),
                    6 => chain.ia64_properties(&p),
                    7 => chain.arm_properties(&p),
                    8 => chain.arm_thumb_properties(&p),
                    _ => chain.sparc_properties(&p),
                }
            }
        };
        done.map(|_| ()).map_err(|e| failed(th, &e))
    }

    /// The filter's options as containers store them.
    pub(super) fn properties(&self, th: &Thread) -> PyResult<Vec<u8>> {
        match self {
            Filter::Lzma { id: LZMA1, options } => {
                let (lc, lp, pb) = options.literal();
                options.build(th)?;
                let mut p = vec![((pb * 5 + lp) * 9 + lc) as u8];
                p.extend_from_slice(&options.dict_size().to_le_bytes());
                Ok(p)
            }
            Filter::Lzma { options, .. } => {
                let wanted = u64::from(options.dict_size().max(4096));
                Ok(vec![(0..40).find(|&b| dict_size_of(b) >= wanted).unwrap_or(40)])
            }
            Filter::Delta { distance } => match distance {
                1..=256 => Ok(vec![(distance - 1) as u8]),
                _ => Err(options_error(th)),
            },
            Filter::Branch { start_offset: 0, .. } => Ok(Vec::new()),
            Filter::Branch { start_offset, .. } => Ok(start_offset.to_le_bytes().to_vec()),
        }
    }
}

/// The dictionary size that LZMA2's byte of properties stands for.
fn dict_size_of(byte: u8) -> u64 {
    if byte >= 40 { u64::from(u32::MAX) } else { (2 | u64::from(byte & 1)) << (byte / 2 + 11) }
}

/// The filters of a chain.
pub(super) fn parse_chain(th: &Thread, specs: &Obj) -> PyResult<Vec<Filter>> {
    if specs.downcast::<Dict>().is_some() {
        return Err(th.type_error(format!("{} is not a sequence", specs.ty().tp_name())));
    }
    let n = sequence::len(th, specs)?;
    if n > MOST {
        return Err(th.value_error(format!("Too many filters - liblzma supports a maximum of {MOST}")));
    }
    (0..n).map(|i| Filter::parse(th, &sequence::get_item_isize(th, specs, i as isize)?)).collect()
}

/// The library's form of a chain.
pub(super) fn build_chain(th: &Thread, filters: &[Filter]) -> PyResult<Filters> {
    let mut chain = Filters::new();
    filters.iter().try_for_each(|f| f.add(th, &mut chain))?;
    Ok(chain)
}

/// The dict of a filter whose options are stored like this.
pub(super) fn decode(th: &Thread, id: u64, p: &[u8]) -> PyResult<Obj> {
    let spec = dict::new();
    let put = |name: &str, value: u64| spec.insert_str(&pystr::intern(name), int::from_u64(value));
    put("id", id);
    match (id, p) {
        (LZMA1, [first, size @ ..]) if size.len() == 4 && *first < 225 => {
            let (rest, lc) = (u64::from(first / 9), u64::from(first % 9));
            if lc + rest % 5 > 4 {
                return Err(options_error(th));
            }
            let size = size.iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
            put("dict_size", size);
            put("lc", lc);
            put("lp", rest % 5);
            put("pb", rest / 5);
        }
        (LZMA2, [byte]) if *byte <= 40 => put("dict_size", dict_size_of(*byte)),
        (DELTA, [byte]) => put("dist", u64::from(*byte) + 1),
        (4..=9, []) => {}
        (4..=9, [a, b, c, d]) => match u32::from_le_bytes([*a, *b, *c, *d]) {
            0 => {}
            offset => put("start_offset", offset.into()),
        },
        _ => return Err(options_error(th)),
    }
    Ok(spec.into_obj())
}
