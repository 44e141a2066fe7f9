//! `unicodedata`: the character database, and that of Unicode 3.2.0.

mod lookups;

use object::Payload;
use runtime::args::{ArgName, FromArg};
use runtime::types::capsule;
use runtime::types::str::{self as pystr, Str};
use runtime::types::type_::alloc_instance;
use runtime::{Module, Obj, ObjExt, Py, PyClass, PyResult, Thread};
use unicode::ucd_3_2_0;

#[macros::pymodule(name = "unicodedata", exec = exec, doc = "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available from ftp://ftp.unicode.org/.\n\nThe module uses the same names and symbols as defined by the\nUnicodeData File Format 16.0.0.")]
pub(crate) struct UnicodeData;

/// The type of `ucd_3_2_0`, whose methods look into that old database.
#[macros::pyclass(name = "UCD", module = "unicodedata", flags = DISALLOW_INSTANTIATION, methods(METHODS, VERSION))]
pub(crate) struct Ucd;

impl Payload for Ucd {}

fn exec(th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add("unidata_version", pystr::new(unicode::VERSION).into_obj());
    m.add_type::<Ucd>();
    m.add("ucd_3_2_0", alloc_instance(th, Ucd::TYPE, Ucd).into_obj());
    m.add("_ucnhash_CAPI", capsule::new(th, "unicodedata._ucnhash_CAPI"));
    Ok(())
}

/// An argument that is one character.
struct Character(u32);

impl<'a> FromArg<'a> for Character {
    fn from_arg(th: &Thread, arg: &'a Obj, name: &ArgName) -> PyResult<Self> {
        let Some(s) = arg.downcast::<Str>() else {
            return Err(th.type_error(format!(
                "{}() {} must be a unicode character, not {}",
                name.function,
                name.argument,
                arg.ty().name()
            )));
        };
        match s.chars().get(0) {
            Some(c) if s.len() == 1 => Ok(Character(c)),
            _ => Err(th.type_error(format!(
                "{}(): {} must be a unicode character, not a string of length {}",
                name.function,
                name.argument,
                s.len()
            ))),
        }
    }
}

#[macros::pymethods(VERSION)]
impl Ucd {
    #[getter]
    fn unidata_version(_th: &Thread, _slf: &Py<Ucd>) -> &'static str {
        ucd_3_2_0::VERSION
    }
}

/// Functions of the module that are methods of the old database as well.
macro_rules! database_functions {
    ($($name:ident($($p:ident: $t:ty),*) -> $result:ty, $sig:literal $doc:literal |$th:ident, $old:ident| $e:expr;)*) => {
        #[macros::pymethods]
        impl UnicodeData {
            $(
                #[doc = $doc]
                #[pyfunction(sig = $sig)]
                fn $name($th: &Thread, $($p: $t),*) -> PyResult<$result> {
                    let ($old, _) = (false, $th);
                    $e
                }
            )*
        }

        #[macros::pymethods]
        impl Ucd {
            $(
                #[doc = $doc]
                #[pymethod(sig = $sig)]
                fn $name($th: &Thread, _slf: &Py<Ucd>, $($p: $t),*) -> PyResult<$result> {
                    let ($old, _) = (true, $th);
                    $e
                }
            )*
        }
    };
}

database_functions! {
    category(chr: Character) -> &'static str, "($self, chr, /)"
    "Returns the general category assigned to the character chr as string."
    |th, old| Ok(if old { ucd_3_2_0::category_name(chr.0) } else { unicode::category_name(chr.0) });
    bidirectional(chr: Character) -> &'static str, "($self, chr, /)"
    "Returns the bidirectional class assigned to the character chr as string.\n\nIf no such value is defined, an empty string is returned."
    |th, old| Ok(if old { ucd_3_2_0::bidirectional(chr.0) } else { unicode::bidirectional(chr.0) });
    combining(chr: Character) -> i64, "($self, chr, /)"
    "Returns the canonical combining class assigned to the character chr as integer.\n\nReturns 0 if no combining class is defined."
    |th, old| Ok(i64::from(if old { ucd_3_2_0::combining(chr.0) } else { unicode::combining(chr.0) }));
    mirrored(chr: Character) -> i64, "($self, chr, /)"
    "Returns the mirrored property assigned to the character chr as integer.\n\nReturns 1 if the character has been identified as a \"mirrored\"\ncharacter in bidirectional text, 0 otherwise."
    |th, old| Ok(i64::from(if old { ucd_3_2_0::mirrored(chr.0) } else { unicode::mirrored(chr.0) }));
    east_asian_width(chr: Character) -> &'static str, "($self, chr, /)"
    "Returns the east asian width assigned to the character chr as string."
    |th, old| Ok(if old { ucd_3_2_0::east_asian_width(chr.0) } else { unicode::east_asian_width(chr.0) });
    decomposition(chr: Character) -> String, "($self, chr, /)"
    "Returns the character decomposition mapping assigned to the character chr as string.\n\nAn empty string is returned in case no such mapping is defined."
    |th, old| Ok(if old { ucd_3_2_0::decomposition(chr.0) } else { unicode::decomposition(chr.0) });
    decimal(chr: Character, default: Option<&Obj>) -> Obj, "($self, chr, default=<unrepresentable>, /)"
    "Converts a Unicode character into its equivalent decimal value.\n\nReturns the decimal value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised."
    |th, old| lookups::decimal(th, old, chr.0, default);
    digit(chr: Character, default: Option<&Obj>) -> Obj, "($self, chr, default=<unrepresentable>, /)"
    "Converts a Unicode character into its equivalent digit value.\n\nReturns the digit value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised."
    |th, old| lookups::digit(th, old, chr.0, default);
    numeric(chr: Character, default: Option<&Obj>) -> Obj, "($self, chr, default=<unrepresentable>, /)"
    "Converts a Unicode character into its equivalent numeric value.\n\nReturns the numeric value assigned to the character chr as float.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised."
    |th, old| lookups::numeric(th, old, chr.0, default);
    name(chr: Character, default: Option<&Obj>) -> Obj, "($self, chr, default=<unrepresentable>, /)"
    "Returns the name assigned to the character chr as a string.\n\nIf no name is defined, default is returned, or, if not given,\nValueError is raised."
    |th, old| lookups::name(th, old, chr.0, default);
    lookup(name: &Obj) -> Obj, "($self, name, /)"
    "Look up character by name.\n\nIf a character with the given name is found, return the\ncorresponding character.  If not found, KeyError is raised."
    |th, old| lookups::lookup(th, old, name);
    is_normalized(form: &Py<Str>, unistr: &Py<Str>) -> bool, "($self, form, unistr, /)"
    "Return whether the Unicode string unistr is in the normal form 'form'.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'."
    |th, old| lookups::is_normalized(th, old, form, unistr);
    normalize(form: &Py<Str>, unistr: &Py<Str>) -> Obj, "($self, form, unistr, /)"
    "Return the normal form 'form' for the Unicode string unistr.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'."
    |th, old| lookups::normalize(th, old, form, unistr);
}
