//! Code objects of the packed library, which are read when they are called or looked at.

use super::{Code, Head, Parts};
use crate::types::str::{self as pystr, Str};
use crate::types::tuple::{self, Tuple};
use crate::types::{bytes, float, int, set, slice};
use crate::{Obj, ObjExt, Py, Thread, marshal_module};
use bytecode::marshal::image::{CodeRow, Cursor, Image, Token};
use bytecode::{Blob, CodeData, Text};
use object::Guarded;
use std::rc::Rc;

/// A code object that is not read yet.
pub(super) struct Unread {
    shared: Rc<Shared>,
    row: usize,
}

/// What the code objects of one image share.
struct Shared {
    image: Image,
    /// The shared objects that some code object has needed.
    made: Guarded<Box<[Option<Obj>]>>,
}

/// The code object that an image holds.
pub fn from_image(th: &Thread, image: Image) -> Py<Code> {
    let made = vec![None; image.shared_count()].into_boxed_slice();
    let shared = Rc::new(Shared { image, made: Guarded::new(made) });
    let filename = Reader { th, shared: &shared, cursor: image.filename(), row: 0, filename: &pystr::empty() }.text();
    let cursor = image.cursor(image.row(0).start);
    Reader { th, shared: &shared, cursor, row: 0, filename: &filename }.code(0)
}

impl Unread {
    /// Reads it.
    pub(super) fn parts(&self, th: &Thread, filename: &Py<Str>) -> Parts {
        let image = &self.shared.image;
        let row = image.row(self.row);
        let mut reader = Reader { th, shared: &self.shared, cursor: image.cursor(row.start), row: self.row + 1, filename };
        let counts = reader.counts();
        let code = reader.blob();
        let consts = reader.object();
        let names = reader.texts();
        let localsplus = reader.texts();
        let localspluskinds = reader.blob();
        reader.cursor.jump(row.name);
        reader.cursor.skip();
        reader.cursor.skip();
        let [argcount, posonlyargcount, kwonlyargcount, stacksize, flags] = counts;
        let data = CodeData {
            argcount,
            posonlyargcount,
            kwonlyargcount,
            stacksize,
            flags,
            firstlineno: reader.cursor.long(),
            filename: Text::default(),
            name: Text::default(),
            qualname: Text::default(),
            code,
            consts: Vec::new(),
            names: Vec::new(),
            localsplusnames: Vec::new(),
            localspluskinds,
            linetable: reader.blob(),
            exceptiontable: reader.blob(),
        };
        let consts = consts.downcast_exact::<Tuple>().cloned().unwrap_or_else(tuple::empty);
        Parts { data, names, localsplus, consts }
    }
}

struct Reader<'r> {
    th: &'r Thread,
    shared: &'r Rc<Shared>,
    cursor: Cursor<'static>,
    /// That of the next code object.
    row: usize,
    filename: &'r Py<Str>,
}

impl Reader<'_> {
    /// A reader of a shared object.
    fn at(&self, number: u32) -> Reader<'_> {
        let image = &self.shared.image;
        let place = image.shared(number).expect("what is referred to is shared");
        Reader { th: self.th, shared: self.shared, cursor: image.shared_object(place), row: self.row, filename: self.filename }
    }

    fn known(&self, number: u32) -> Option<Obj> {
        let place = self.shared.image.shared(number)?;
        self.shared.made.lock()[place].clone()
    }

    fn object(&mut self) -> Obj {
        let (token, number) = self.cursor.token();
        if let Token::Ref(number) = token {
            return self.known(number).unwrap_or_else(|| self.at(number).object());
        }
        let Some(place) = number.and_then(|number| self.shared.image.shared(number)) else { return self.contents(token) };
        let known = self.shared.made.lock()[place].clone();
        if let Some(known) = known {
            self.cursor.skip_contents(token);
            return known;
        }
        let made = self.contents(token);
        self.shared.made.lock()[place] = Some(made.clone());
        made
    }

    fn contents(&mut self, token: Token<'_>) -> Obj {
        match token {
            Token::None | Token::Ref(_) => crate::none(),
            Token::True => crate::bool_obj(true),
            Token::False => crate::bool_obj(false),
            Token::Ellipsis => crate::ellipsis(),
            Token::Int(value) => int::from_i64(value),
            Token::Float(value) => float::new(value),
            Token::Bytes(value) => bytes::new(value).into_obj(),
            Token::Text { text, interned: true } => pystr::intern_wtf8(text).into_obj(),
            Token::Text { text, interned: false } => pystr::from_wtf8(text).into_obj(),
            Token::Other(marshalled) => match marshal_module::from_bytes(self.th, marshalled, false) {
                Ok(made) => made,
                Err(raised) => panic!("a constant of the packed library: {}", self.th.take_raised(raised).ty().name()),
            },
            Token::Tuple(count) => tuple::from_vec(self.objects(count)).into_obj(),
            Token::FrozenSet(count) => {
                let items = self.objects(count);
                match set::frozen_from(self.th, &items) {
                    Ok(made) => made.into_obj(),
                    Err(raised) => panic!("a constant of the packed library: {}", self.th.take_raised(raised).ty().name()),
                }
            }
            Token::Slice => {
                let (start, stop, step) = (self.object(), self.object(), self.object());
                slice::new(self.th, start, stop, step).into_obj()
            }
            Token::Code => {
                let row = self.shared.image.row(self.row);
                let code = self.code(self.row);
                self.row = row.end_row as usize;
                self.cursor.jump(row.end);
                code.into_obj()
            }
        }
    }

    fn objects(&mut self, count: usize) -> Vec<Obj> {
        (0..count).map(|_| self.object()).collect()
    }

    fn text(&mut self) -> Py<Str> {
        self.object().downcast_exact::<Str>().cloned().unwrap_or_else(pystr::empty)
    }

    /// A tuple of names, without the tuple.
    fn texts(&mut self) -> Box<[Py<Str>]> {
        match self.cursor.token().0 {
            Token::Ref(number) => self.at(number).texts(),
            Token::Tuple(count) => (0..count).map(|_| self.text()).collect(),
            other => panic!("{other:?} is no tuple of names"),
        }
    }

    /// The data of a `bytes` object.
    fn blob(&mut self) -> Blob {
        match self.cursor.token().0 {
            Token::Ref(number) => self.at(number).blob(),
            Token::Bytes(value) => Blob::Borrowed(value),
            other => panic!("{other:?} is no bytes"),
        }
    }

    /// The numbers that a code object begins with.
    fn counts(&mut self) -> [u32; 5] {
        self.cursor.token();
        std::array::from_fn(|_| self.cursor.long() as u32)
    }

    /// The code object of a row, unread.
    fn code(&self, row: usize) -> Py<Code> {
        let image = &self.shared.image;
        let CodeRow { start, name, locals, free, .. } = image.row(row);
        let reader = |spot| Reader { cursor: image.cursor(spot), ..*self };
        let counts = reader(start).counts();
        let mut names = reader(name);
        let head = Head {
            counts,
            nlocalsplus: locals as usize,
            nfreevars: free,
            filename: self.filename.clone(),
            name: names.text(),
            qualname: names.text(),
        };
        let unread = Unread { shared: self.shared.clone(), row };
        let code = Code::unread(head, Some(unread));
        crate::types::type_::alloc_instance(self.th, <Code as crate::PyClass>::TYPE, code)
    }
}
