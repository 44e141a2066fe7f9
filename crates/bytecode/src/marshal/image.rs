//! Marshalled code that is read in pieces: where each code object and each shared object of it stands.
//!
//! DESIGN: images. The packed library's code is `marshal` data as anywhere, but of a module with a hundred functions a program calls a few. An
//! index beside the data, made when the library is packed, says where the code objects in it begin and end and where what they share is, so that
//! each can be read alone, when it is called or looked at. Only data that the packer wrote has an index: damage in it is a bug, and panics.

use super::kind;

/// Marshalled code with its index.
#[derive(Clone, Copy, Debug)]
pub struct Image {
    bytes: &'static [u8],
    filename: Spot,
    rows: &'static [[u8; ROW]],
    shared: &'static [[u8; SPOT]],
    /// For each numbered object its place in `shared`, or [`UNSHARED`].
    places: &'static [[u8; 2]],
}

/// Where a code object stands. Numbers of objects are those that [`kind::FLAG_REF`] gives.
#[derive(Clone, Copy, Debug, Default)]
pub struct CodeRow {
    /// Its first byte, and the number of the first object in it.
    pub start: Spot,
    /// As `start`, of what follows it.
    pub end: Spot,
    /// The row after those of all code in it.
    pub end_row: u32,
    /// Where its name is, which its qualified name and first line follow.
    pub name: Spot,
    /// How many fast locals it has, and how many of them are free variables.
    pub locals: u32,
    pub free: u32,
}

/// A place in the data, and the number of the next object that has one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spot {
    pub at: u32,
    pub number: u32,
}

/// The index is numbers of `u32`, little-endian: the file name's spot, how many rows and how many shared objects there are; the rows; the spots of shared
/// objects; then for each numbered object its place among the shared ones as `u16`, or [`UNSHARED`].
const HEAD: usize = 16;
const ROW: usize = 32;
const SPOT: usize = 8;
const UNSHARED: u16 = u16::MAX;

impl Image {
    /// `None` without an index.
    pub fn new(bytes: &'static [u8], index: &'static [u8]) -> Option<Image> {
        let (head, rest) = index.split_first_chunk::<HEAD>()?;
        let (rows, rest) = rest.split_at(number(head, 8) as usize * ROW);
        let (shared, places) = rest.split_at(number(head, 12) as usize * SPOT);
        let (rows, shared, places) = (rows.as_chunks().0, shared.as_chunks().0, places.as_chunks().0);
        Some(Image { bytes, filename: spot(head, 0), rows, shared, places })
    }

    /// How many objects are referred to from elsewhere.
    pub fn shared_count(&self) -> usize {
        self.shared.len()
    }

    /// The file name that all code has.
    pub fn filename(&self) -> Cursor<'static> {
        self.cursor(self.filename)
    }

    /// The `i`-th code object, in the order in which they begin.
    pub fn row(&self, i: usize) -> CodeRow {
        let row = &self.rows[i];
        let locals = number(row, 28);
        CodeRow {
            start: spot(row, 0),
            end: spot(row, 8),
            end_row: number(row, 16),
            name: spot(row, 20),
            locals: locals & 0xffff,
            free: locals >> 16,
        }
    }

    /// Which of the shared objects has this number.
    #[inline]
    pub fn shared(&self, number: u32) -> Option<usize> {
        let place = u16::from_le_bytes(self.places[number as usize]);
        (place != UNSHARED).then_some(place.into())
    }

    /// A shared object.
    pub fn shared_object(&self, place: usize) -> Cursor<'static> {
        self.cursor(spot(&self.shared[place], 0))
    }

    /// Reads from a spot on.
    #[inline(always)]
    pub fn cursor(&self, spot: Spot) -> Cursor<'static> {
        Cursor { bytes: self.bytes, at: spot.at as usize, number: spot.number }
    }
}

#[inline(always)]
fn number<const N: usize>(numbers: &[u8; N], at: usize) -> u32 {
    numbers[at..].first_chunk().copied().map_or(0, u32::from_le_bytes)
}

#[inline(always)]
fn spot<const N: usize>(numbers: &[u8; N], at: usize) -> Spot {
    Spot { at: number(numbers, at), number: number(numbers, at + 4) }
}

/// The first bytes of an object: all of it, or the head of a container whose contents follow.
#[derive(Clone, Copy, Debug)]
pub enum Token<'a> {
    None,
    True,
    False,
    Ellipsis,
    Int(i64),
    Float(f64),
    Bytes(&'a [u8]),
    /// UTF-8 where surrogates are allowed.
    Text {
        text: &'a [u8],
        interned: bool,
    },
    /// Another object without contents, as it is written.
    Other(&'a [u8]),
    Tuple(usize),
    FrozenSet(usize),
    Slice,
    Code,
    /// The object with this number.
    Ref(u32),
}

/// A place in marshalled constants, which are known to be good.
#[derive(Clone, Copy, Debug)]
pub struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    number: u32,
}

impl<'a> Cursor<'a> {
    #[inline(always)]
    pub fn spot(&self) -> Spot {
        Spot { at: self.at as u32, number: self.number }
    }

    /// Goes to another place.
    #[inline(always)]
    pub fn jump(&mut self, to: Spot) {
        (self.at, self.number) = (to.at as usize, to.number);
    }

    #[inline(always)]
    fn take(&mut self, size: usize) -> &'a [u8] {
        let taken = &self.bytes[self.at..self.at + size];
        self.at += size;
        taken
    }

    #[inline(always)]
    fn byte(&mut self) -> u8 {
        let byte = self.bytes[self.at];
        self.at += 1;
        byte
    }

    #[inline(always)]
    fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).first_chunk().copied().unwrap_or([0; N])
    }

    /// A plain number, as code objects have them between their parts.
    #[inline(always)]
    pub fn long(&mut self) -> i32 {
        i32::from_le_bytes(self.array())
    }

    #[inline(always)]
    fn size(&mut self) -> usize {
        self.long() as usize
    }

    /// The object that begins here, or the head of it, and its number.
    #[inline(always)]
    pub fn token(&mut self) -> (Token<'a>, Option<u32>) {
        let start = self.at;
        let first = self.byte();
        let number = (first & kind::FLAG_REF != 0).then_some(self.number);
        self.number += u32::from(number.is_some());
        let token = match first & !kind::FLAG_REF {
            kind::NONE => Token::None,
            kind::TRUE => Token::True,
            kind::FALSE => Token::False,
            kind::ELLIPSIS => Token::Ellipsis,
            kind::INT => Token::Int(self.long().into()),
            kind::INT64 => Token::Int(i64::from_le_bytes(self.array())),
            kind::BINARY_FLOAT => Token::Float(f64::from_le_bytes(self.array())),
            kind::STRING => {
                let size = self.size();
                Token::Bytes(self.take(size))
            }
            kind @ (kind::UNICODE | kind::INTERNED) => {
                let size = self.size();
                Token::Text { text: self.take(size), interned: kind == kind::INTERNED }
            }
            kind @ (kind::ASCII | kind::ASCII_INTERNED) => {
                let size = self.size();
                Token::Text { text: self.take(size), interned: kind == kind::ASCII_INTERNED }
            }
            kind @ (kind::SHORT_ASCII | kind::SHORT_ASCII_INTERNED) => {
                let size = self.byte().into();
                Token::Text { text: self.take(size), interned: kind == kind::SHORT_ASCII_INTERNED }
            }
            kind::LONG => {
                let digits = self.long().unsigned_abs() as usize;
                self.take(2 * digits);
                Token::Other(&self.bytes[start..self.at])
            }
            kind::BINARY_COMPLEX => {
                self.take(16);
                Token::Other(&self.bytes[start..self.at])
            }
            kind::TUPLE => Token::Tuple(self.size()),
            kind::SMALL_TUPLE => Token::Tuple(self.byte().into()),
            kind::FROZENSET => Token::FrozenSet(self.size()),
            kind::SLICE => Token::Slice,
            kind::CODE => Token::Code,
            kind::REF => Token::Ref(self.long() as u32),
            other => panic!("{other:#x} is no constant of the packed library"),
        };
        (token, number)
    }

    /// Passes over the contents of what `token` began; code objects are not among them.
    pub fn skip_contents(&mut self, token: Token<'a>) {
        let count = match token {
            Token::Tuple(count) | Token::FrozenSet(count) => count,
            Token::Slice => 3,
            Token::Code => panic!("code is shared by nothing"),
            _ => 0,
        };
        (0..count).for_each(|_| self.skip());
    }

    /// Passes over an object that has no code in it.
    pub fn skip(&mut self) {
        let (token, _) = self.token();
        self.skip_contents(token);
    }
}

/// The index of marshalled code; `None` if it can't be read in pieces.
pub fn index(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut packer = Packer {
        cursor: Cursor { bytes, at: 0, number: 0 },
        rows: Vec::new(),
        numbered: Vec::new(),
        referred: Vec::new(),
        filename: Spot::default(),
    };
    packer.object()?;
    let Packer { rows, numbered, mut referred, filename, .. } = packer;
    referred.sort_unstable();
    referred.dedup();
    if referred.len() >= UNSHARED.into() {
        return None;
    }
    let mut out: Vec<u32> = vec![filename.at, filename.number, rows.len() as u32, referred.len() as u32];
    for row in &rows {
        let locals = row.locals | row.free << 16;
        out.extend([
            row.start.at,
            row.start.number,
            row.end.at,
            row.end.number,
            row.end_row,
            row.name.at,
            row.name.number,
            locals,
        ]);
    }
    for number in &referred {
        let numbered = numbered.get(*number as usize)?;
        // What is in a shared object is read with it, and code is read alone.
        if numbered.has_code {
            return None;
        }
        out.extend([numbered.spot.at, numbered.spot.number]);
    }
    let mut out: Vec<u8> = out.into_iter().flat_map(u32::to_le_bytes).collect();
    let place = |number: usize| referred.binary_search(&(number as u32)).map_or(UNSHARED, |place| place as u16);
    out.extend((0..numbered.len()).flat_map(|number| place(number).to_le_bytes()));
    Some(out)
}

struct Packer<'a> {
    cursor: Cursor<'a>,
    rows: Vec<CodeRow>,
    numbered: Vec<Numbered>,
    /// Numbers of objects that are referred to.
    referred: Vec<u32>,
    filename: Spot,
}

struct Numbered {
    spot: Spot,
    has_code: bool,
}

impl<'a> Packer<'a> {
    /// Walks over an object; whether there is code in it.
    fn object(&mut self) -> Option<bool> {
        let spot = self.cursor.spot();
        let (token, number) = self.cursor.token();
        if number.is_some() {
            self.numbered.push(Numbered { spot, has_code: false });
        }
        let mut has_code = false;
        match token {
            Token::Tuple(count) | Token::FrozenSet(count) => {
                for _ in 0..count {
                    has_code |= self.object()?;
                }
            }
            Token::Slice => {
                for _ in 0..3 {
                    has_code |= self.object()?;
                }
            }
            Token::Ref(number) => self.referred.push(number),
            Token::Code => {
                self.code(spot)?;
                has_code = true;
            }
            _ => {}
        }
        if let Some(number) = number {
            self.numbered[number as usize].has_code = has_code;
        }
        Some(has_code)
    }

    fn code(&mut self, start: Spot) -> Option<()> {
        let row = self.rows.len();
        self.rows.push(CodeRow { start, ..CodeRow::default() });
        (0..5).for_each(|_| {
            self.cursor.long();
        });
        // Bytecode, constants, names.
        for _ in 0..3 {
            self.object()?;
        }
        let locals = self.contents_of(|token| matches!(token, Token::Tuple(_)))?;
        self.object()?;
        let kinds = self.contents_of(|token| matches!(token, Token::Bytes(_)))?;
        self.object()?;
        let (Token::Tuple(locals), Token::Bytes(kinds)) = (locals, kinds) else { return None };
        self.rows[row].locals = u32::from(u16::try_from(locals).ok()?);
        self.rows[row].free = kinds.iter().filter(|kind| **kind & crate::tables::fast::FREE != 0).count() as u32;
        self.filename = self.cursor.spot();
        self.object()?;
        self.rows[row].name = self.cursor.spot();
        self.object()?;
        self.object()?;
        self.cursor.long();
        self.object()?;
        self.object()?;
        self.rows[row].end = self.cursor.spot();
        self.rows[row].end_row = self.rows.len() as u32;
        Some(())
    }

    /// The head of the object that begins here or is referred to here, if it is of that kind.
    fn contents_of(&self, wanted: impl Fn(&Token<'_>) -> bool) -> Option<Token<'a>> {
        let mut ahead = self.cursor;
        let mut token = ahead.token().0;
        if let Token::Ref(number) = token {
            ahead.jump(self.numbered.get(number as usize)?.spot);
            token = ahead.token().0;
        }
        wanted(&token).then_some(token)
    }
}
