//! Writing what `__reduce__` returned.

use super::opcodes as op;
use super::save::{Part, Saver, note};
use super::{library, pickling_error, shown, type_name};
use runtime::protocols::{attribute, call};
use runtime::types::dict::Dict;
use runtime::types::str::Str;
use runtime::types::tuple::{self, Tuple};
use runtime::{Obj, ObjExt, Py, PyResult, Raised, Thread, Type};

/// Is it an iterator?
fn is_iterator(o: &Obj) -> bool {
    o.ty().slots.tp_iternext.get().is_some()
}

/// The constructor that a reduction names: opcodes of their own stand for the two in `copyreg`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Maker {
    NewObject,
    NewObjectEx,
    Other,
}

#[cold]
fn wrong(th: &Thread, text: &str, o: &Obj) -> Raised {
    pickling_error(th, format!("{text}, not {}", type_name(o)))
}

impl Saver<'_> {
    fn maker(&self, function: &Obj) -> PyResult<Maker> {
        if self.protocol < 2 {
            return Ok(Maker::Other);
        }
        let name = attribute::lookup_opt_str(self.th, function, "__name__")?;
        Ok(match name.as_ref().and_then(|n| n.downcast::<Str>()) {
            Some(n) if n.is_ascii_eq("__newobj__") => Maker::NewObject,
            Some(n) if n.is_ascii_eq("__newobj_ex__") => Maker::NewObjectEx,
            _ => Maker::Other,
        })
    }

    fn save_part(&mut self, o: Option<&Obj>, part: &Obj, word: &'static str) -> PyResult<()> {
        self.save(part).map_err(|raised| match o {
            Some(o) => note(self.th, raised, o, Part::Word(word)),
            None => raised,
        })
    }

    /// Writes a reduction: a constructor with arguments, then state, items and entries.
    pub(super) fn save_reduced(&mut self, reduced: &Py<Tuple>, o: Option<&Obj>) -> PyResult<()> {
        let th = self.th;
        let all = reduced.items();
        if !(2..=6).contains(&all.len()) {
            return Err(pickling_error(th, "tuple returned by __reduce__ must contain 2 through 6 elements"));
        }
        let (function, args) = (&all[0], &all[1]);
        let optional = |i: usize| all.get(i).filter(|o| !o.is_none());
        if !call::is_callable(function) {
            return Err(wrong(th, "first item of the tuple returned by __reduce__ must be callable", function));
        }
        let Some(args) = args.downcast::<Tuple>() else {
            return Err(wrong(th, "second item of the tuple returned by __reduce__ must be a tuple", args));
        };
        let (state, items, entries, setter) = (optional(2), optional(3), optional(4), optional(5));
        if let Some(items) = items.filter(|i| !is_iterator(i)) {
            return Err(wrong(th, "fourth item of the tuple returned by __reduce__ must be an iterator", items));
        }
        if let Some(entries) = entries.filter(|i| !is_iterator(i)) {
            return Err(wrong(th, "fifth item of the tuple returned by __reduce__ must be an iterator", entries));
        }
        if let Some(setter) = setter.filter(|s| !call::is_callable(s)) {
            return Err(wrong(th, "sixth item of the tuple returned by __reduce__ must be callable", setter));
        }
        match self.maker(function)? {
            Maker::NewObjectEx => self.save_new_object_ex(args.items(), o)?,
            Maker::NewObject => self.save_new_object(args.items(), o)?,
            Maker::Other => {
                self.save_part(o, function, "reconstructor")?;
                self.save_part(o, args.as_obj(), "reconstructor arguments")?;
                self.out.op(op::REDUCE);
            }
        }
        if let Some(o) = o {
            // An object that contains itself was made within: that one counts.
            match self.memo.get(o) {
                Some(n) => {
                    self.out.op(op::POP);
                    self.put_get(n);
                }
                None => self.memoize(o)?,
            }
        }
        let owner = o.cloned().unwrap_or_else(runtime::none);
        if let Some(items) = items {
            self.batch_appends(items, &owner)?;
        }
        if let Some(entries) = entries {
            self.batch_setitems(entries, &owner)?;
        }
        match (state, setter) {
            (None, _) => Ok(()),
            (Some(state), None) => {
                self.save_part(o, state, "state")?;
                self.out.op(op::BUILD);
                Ok(())
            }
            (Some(state), Some(setter)) => {
                self.save_part(o, setter, "state setter")?;
                self.save(&owner)?;
                self.save_part(o, state, "state")?;
                self.out.put(&[op::TUPLE2, op::REDUCE, op::POP]);
                Ok(())
            }
        }
    }

    /// The class of `__newobj__` and its like must be that of the object.
    fn check_class(&self, class: &Obj, o: Option<&Obj>, name: &str) -> PyResult<()> {
        let th = self.th;
        if class.downcast::<Type>().is_none() {
            return Err(wrong(th, &format!("first argument to {name}() must be a class"), class));
        }
        if let Some(o) = o {
            let own = attribute::get_str(th, o, "__class__")?;
            if !own.is(class) {
                let text = format!("first argument to {name}() must be {}, not {}", shown(th, &own)?, shown(th, class)?);
                return Err(pickling_error(th, text));
            }
        }
        Ok(())
    }

    fn save_new_object(&mut self, args: &[Obj], o: Option<&Obj>) -> PyResult<()> {
        let Some((class, args)) = args.split_first() else {
            return Err(pickling_error(self.th, "__newobj__ expected at least 1 argument, got 0"));
        };
        self.check_class(class, o, "__newobj__")?;
        self.save_part(o, class, "class")?;
        self.save_part(o, tuple::from_slice(args).as_obj(), "__new__ arguments")?;
        self.out.op(op::NEWOBJ);
        Ok(())
    }

    fn save_new_object_ex(&mut self, args: &[Obj], o: Option<&Obj>) -> PyResult<()> {
        let th = self.th;
        let [class, args, kwargs] = args else {
            return Err(pickling_error(th, format!("__newobj_ex__ expected 3 arguments, got {}", args.len())));
        };
        if class.downcast::<Type>().is_none() {
            return Err(wrong(th, "first argument to __newobj_ex__() must be a class", class));
        }
        let Some(positional) = args.downcast::<Tuple>() else {
            return Err(wrong(th, "second argument to __newobj_ex__() must be a tuple", args));
        };
        let Some(keywords) = kwargs.downcast::<Dict>() else {
            return Err(wrong(th, "third argument to __newobj_ex__() must be a dict", kwargs));
        };
        if self.protocol >= 4 {
            self.save_part(o, class, "class")?;
            self.save_part(o, args, "__new__ arguments")?;
            self.save_part(o, kwargs, "__new__ arguments")?;
            self.out.op(op::NEWOBJ_EX);
            return Ok(());
        }
        // Older protocols call `partial(cls.__new__, cls, *args, **kwargs)`.
        let mut all = vec![attribute::get_str(th, class, "__new__")?, class.clone()];
        all.extend_from_slice(positional.items());
        let partial = call::call_dict(th, &library(th, "functools", "partial")?, &all, Some(keywords))?;
        self.save_part(o, &partial, "reconstructor")?;
        self.save(tuple::empty().as_obj())?;
        self.out.op(op::REDUCE);
        Ok(())
    }
}
