//! `str.translate`.

use super::storage::from_ascii;
use super::{Str, from_buf};
use crate::protocols::mapping;
use crate::types::dict::Dict;
use crate::types::exceptions::LOOKUP_ERROR;
use crate::types::int;
use crate::{Obj, ObjExt, Py, PyResult, Thread};
use text::{Builder, Chars};

/// What becomes of a character.
enum Translation {
    Char(u32),
    Text(Py<Str>),
    Gone,
}

impl Translation {
    fn put(&self, out: &mut Builder) {
        match self {
            Translation::Char(c) => out.push(*c),
            Translation::Text(s) => out.push_chars(s.chars()),
            Translation::Gone => {}
        }
    }
}

/// `text.translate(table)`. Of an ASCII text the table is asked about each character once until a character becomes more than
/// one of ASCII; from there on, as for other texts, about every one.
pub(super) fn translate(th: &Thread, text: &Py<Str>, table: &Obj) -> PyResult<Py<Str>> {
    let chars = text.chars();
    let mut out = Builder::new();
    let mut done = 0;
    if let Chars::Ascii(text) = chars {
        let (made, n) = translate_ascii(th, text, table)?;
        if n == text.len() {
            return Ok(from_ascii(&made));
        }
        out = Builder::with_capacity(text.len() * 2);
        out.push_ascii(&made);
        done = n;
    }
    let rest = chars.slice(done..chars.len());
    // A dict's answers stay the same.
    match table.downcast_exact::<Dict>() {
        Some(_) => translate_remembering(th, rest, table, &mut out)?,
        None => translate_asking(th, rest, table, &mut out)?,
    }
    Ok(from_buf(out.finish()))
}

/// Translates up to the first character that becomes more than one of ASCII: what was made, and of how many characters.
fn translate_ascii(th: &Thread, text: &[u8], table: &Obj) -> PyResult<(Vec<u8>, usize)> {
    const UNKNOWN: u8 = 0xff;
    const GONE: u8 = 0xfe;
    let mut known = [UNKNOWN; 128];
    let mut out = Vec::with_capacity(text.len());
    for (i, &b) in text.iter().enumerate() {
        let slot = &mut known[usize::from(b & 0x7f)];
        if *slot == UNKNOWN {
            let narrow = |c: Option<u32>| c.filter(|c| *c < 0x80).map(|c| c as u8);
            let becomes = match translation(th, table, b.into())? {
                Translation::Gone => Some(GONE),
                Translation::Char(c) => narrow(Some(c)),
                Translation::Text(s) if s.len() == 1 => narrow(s.chars().get(0)),
                Translation::Text(_) => None,
            };
            match becomes {
                Some(b) => *slot = b,
                None => return Ok((out, i)),
            }
        }
        if *slot != GONE {
            out.push(*slot);
        }
    }
    Ok((out, text.len()))
}

/// Translates with a table that says the same of a character whenever it is asked; what it says of Latin-1 is asked once.
fn translate_remembering(th: &Thread, chars: Chars<'_>, table: &Obj, out: &mut Builder) -> PyResult<()> {
    // Places in `answers`, counted from one.
    let mut known = [0u16; 256];
    let mut answers = Vec::with_capacity(32);
    for c in chars.iter() {
        let Some(slot) = known.get_mut(c as usize) else {
            translation(th, table, c)?.put(out);
            continue;
        };
        if *slot == 0 {
            answers.push(translation(th, table, c)?);
            *slot = answers.len() as u16;
        }
        answers[usize::from(*slot) - 1].put(out);
    }
    Ok(())
}

/// Translates with a table that can tell how often it is asked: of what follows characters that are gone, twice.
fn translate_asking(th: &Thread, chars: Chars<'_>, table: &Obj, out: &mut Builder) -> PyResult<()> {
    let mut i = 0;
    while let Some(c) = chars.get(i) {
        let made = translation(th, table, c)?;
        made.put(out);
        i += 1;
        if matches!(made, Translation::Gone) {
            while let Some(c) = chars.get(i)
                && matches!(translation(th, table, c)?, Translation::Gone)
            {
                i += 1;
            }
        }
    }
    Ok(())
}

fn translation(th: &Thread, table: &Obj, c: u32) -> PyResult<Translation> {
    let key = int::from_i64(c.into());
    let found = match table.downcast_exact::<Dict>() {
        Some(d) => d.get_item(th, &key),
        None => mapping::get_item(th, table, &key).map(Some),
    };
    let found = match found {
        Ok(Some(o)) => o,
        Ok(None) => return Ok(Translation::Char(c)),
        Err(raised) => return th.catch(raised, LOOKUP_ERROR).map(|()| Translation::Char(c)),
    };
    if found.is_none() {
        return Ok(Translation::Gone);
    }
    if int::is_int(&found) {
        return match int::to_i64(&found) {
            Some(c @ 0..=0x10ffff) => Ok(Translation::Char(c as u32)),
            _ => Err(th.value_error("character mapping must be in range(0x110000)")),
        };
    }
    match found.downcast::<Str>() {
        Some(s) => Ok(Translation::Text(s.clone())),
        None => Err(th.type_error("character mapping must return integer, None or str")),
    }
}
