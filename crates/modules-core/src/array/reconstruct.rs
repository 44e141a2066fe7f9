//! `_array_reconstructor`: arrays from the machine formats of pickles.

use super::code::{self, Kind, character};
use super::methods::known_code;
use super::object::{self, Array};
use runtime::types::list;
use runtime::types::{bytes, float, int};
use runtime::{Obj, ObjExt, PyClass, PyResult, Thread, Type, codecs};

/// One row a machine format: bytes of an item, what it is, and byte order.
struct Machine {
    size: usize,
    kind: Kind,
    big_endian: bool,
}

/// The formats by their number in pickles; those of characters come last, in UTF-16 and UTF-32.
static MACHINES: [Machine; 22] = {
    const fn row(size: usize, kind: Kind, big_endian: bool) -> Machine {
        Machine { size, kind, big_endian }
    }
    [
        row(1, Kind::Unsigned, false),
        row(1, Kind::Signed, false),
        row(2, Kind::Unsigned, false),
        row(2, Kind::Unsigned, true),
        row(2, Kind::Signed, false),
        row(2, Kind::Signed, true),
        row(4, Kind::Unsigned, false),
        row(4, Kind::Unsigned, true),
        row(4, Kind::Signed, false),
        row(4, Kind::Signed, true),
        row(8, Kind::Unsigned, false),
        row(8, Kind::Unsigned, true),
        row(8, Kind::Signed, false),
        row(8, Kind::Signed, true),
        row(4, Kind::Float, false),
        row(4, Kind::Float, true),
        row(8, Kind::Float, false),
        row(8, Kind::Float, true),
        row(4, Kind::Character, false),
        row(4, Kind::Character, true),
        row(4, Kind::Character, false),
        row(4, Kind::Character, true),
    ]
};

const CODECS: [&str; 4] = ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"];
/// The number of the first format of characters.
const FIRST_TEXT: usize = 18;

fn number(machine: &Machine, item: &[u8]) -> Obj {
    let mut raw = [0; 8];
    raw[..item.len()].copy_from_slice(item);
    if machine.big_endian {
        raw[..item.len()].reverse();
    }
    let word = u64::from_le_bytes(raw);
    let unused = 64 - 8 * item.len() as u32;
    match (machine.kind, machine.size) {
        (Kind::Float, 4) => float::new(f64::from(f32::from_bits(word as u32))),
        (Kind::Float, _) => float::new(f64::from_bits(word)),
        (Kind::Signed, _) => int::from_i64((word << unused) as i64 >> unused),
        _ => int::from_u64(word),
    }
}

/// `_array_reconstructor(type, typecode, machine format, bytes)`.
pub(super) fn reconstruct(th: &Thread, ty: &Obj, typecode: &Obj, format: i32, items: &Obj) -> PyResult<Obj> {
    let prefix = if typecode.downcast::<runtime::types::str::Str>().is_some() {
        "_array_reconstructor(): argument 2"
    } else {
        "_array_reconstructor() argument 2"
    };
    let letter = character(th, typecode, prefix)?;
    let Some(ty) = ty.downcast::<Type>() else {
        return Err(th.type_error(format!("first argument must be a type object, not {}", ty.ty().name())));
    };
    if !ty.is_subtype(Array::TYPE) {
        return Err(th.type_error(format!("{} is not a subtype of array.array", ty.name())));
    }
    if !known_code(letter) {
        return Err(th.value_error("second argument must be a valid type code"));
    }
    let Some((format, machine)) = usize::try_from(format).ok().and_then(|f| Some((f, MACHINES.get(f)?))) else {
        return Err(th.value_error("third argument must be a valid machine format code."));
    };
    let Some(data) = bytes::of(items) else {
        return Err(th.type_error(format!("fourth argument should be bytes, not {}", items.ty().name())));
    };
    if code::find(letter).is_some_and(|c| c.machine as usize == format) {
        return object::build(th, ty.as_object(), letter, Some(items));
    }
    if !data.len().is_multiple_of(machine.size) {
        return Err(th.value_error("string length not a multiple of item size"));
    }
    if machine.kind == Kind::Character {
        let text = codecs::decode_object(th, items, CODECS[format - FIRST_TEXT], None)?;
        return object::build(th, ty.as_object(), letter, Some(&text));
    }
    let numbers = data.chunks_exact(machine.size).map(|item| number(machine, item)).collect();
    let numbers = list::from_vec(th, numbers).into_obj();
    // Integers go where they fit, whatever the letter meant where they come from.
    let same_form = |c: &&code::Code| c.size == machine.size && c.kind == machine.kind;
    let letter = match machine.kind {
        Kind::Float => letter,
        _ => code::ALL.iter().rfind(same_form).map_or(letter, |c| u32::from(c.letter)),
    };
    object::build(th, ty.as_object(), letter, Some(&numbers))
}
