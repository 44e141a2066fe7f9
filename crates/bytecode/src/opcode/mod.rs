//! What is known of each opcode, derived from the one table in `table`.

#[macro_use]
mod table;

/// Number of inline cache code units and more, for one opcode.
#[derive(Clone, Copy)]
pub struct OpInfo {
    pub name: &'static str,
    pub opcode: u16,
    /// The opcode that a specialised or instrumented form stands for; for any other, itself.
    pub base: u16,
    /// Code units of inline cache that follow the instruction.
    pub caches: u8,
    /// Bits of [`flag`].
    pub flags: u16,
    popped: fn(i64) -> i64,
    pushed: fn(i64) -> i64,
}

/// Properties of opcodes, the bits of [`OpInfo::flags`].
pub mod flag {
    /// Uses its operand.
    pub const ARG: u16 = 1;
    /// The operand is an index into `co_consts`.
    pub const CONST: u16 = 2;
    /// The operand (shifted, for some) is an index into `co_names`.
    pub const NAME: u16 = 4;
    /// The operand is a relative jump.
    pub const JUMP: u16 = 8;
    /// The operand is a cell or free variable.
    pub const FREE: u16 = 16;
    /// The operand is a fast local.
    pub const LOCAL: u16 = 32;
    /// Polls the eval breaker.
    pub const EVAL_BREAK: u16 = 64;
    /// May fall back to its base form.
    pub const DEOPT: u16 = 128;
    /// May raise.
    pub const ERROR: u16 = 256;
    /// May run arbitrary code.
    pub const ESCAPES: u16 = 512;
    /// Leaves a trace when its guard fails.
    pub const EXIT: u16 = 1024;
    /// Has no effect but on the stack.
    pub const PURE: u16 = 2048;
    /// Pushes an exception handler (pseudo instructions only).
    pub const EXC: u16 = 4096;
}

macro_rules! define {
    (
        real { $($rn:ident = $rv:literal $(of $rb:ident)?, $rc:literal, [$($rf:ident)*], $rpop:expr => $rpush:expr;)* }
        pseudo { $($pn:ident = $pv:literal, $pc:literal, [$($pf:ident)*], $ppop:expr => $ppush:expr;)* }
    ) => {
        /// Opcodes that occur in code objects, specialised and instrumented forms included.
        pub mod op {
            $(pub const $rn: u8 = $rv;)*
        }

        /// Pseudo opcodes, which the compiler uses until it assembles.
        pub mod pseudo {
            $(pub const $pn: u16 = $pv;)*
        }

        static TABLE: [Option<OpInfo>; COUNT] = {
            let mut table = [None; COUNT];
            $(table[$rv] = Some(OpInfo {
                name: stringify!($rn),
                opcode: $rv,
                base: [$(op::$rb as u16,)? $rv][0],
                caches: $rc,
                flags: 0 $(| flag::$rf)*,
                popped: $rpop,
                pushed: $rpush,
            });)*
            $(table[$pv] = Some(OpInfo {
                name: stringify!($pn),
                opcode: $pv,
                base: $pv,
                caches: $pc,
                flags: 0 $(| flag::$pf)*,
                popped: $ppop,
                pushed: $ppush,
            });)*
            table
        };
    };
}

/// One more than the highest (pseudo) opcode.
pub const COUNT: usize = 267;
/// `dis.HAVE_ARGUMENT`: opcodes above it have an operand.
pub const HAVE_ARGUMENT: u8 = 43;
/// The first of the instrumented forms.
pub const MIN_INSTRUMENTED_OPCODE: u8 = 234;

for_each_opcode!(define);

/// The row of an opcode; `None` for a number that is none.
pub fn info(opcode: u16) -> Option<&'static OpInfo> {
    TABLE.get(opcode as usize)?.as_ref()
}

/// All rows by number.
pub fn all() -> impl Iterator<Item = &'static OpInfo> {
    TABLE.iter().flatten()
}

/// The name of an opcode, `<n>` for a number that is none, as in `opcode.opname`.
pub fn name(opcode: u16) -> std::borrow::Cow<'static, str> {
    match info(opcode) {
        Some(info) => info.name.into(),
        None => format!("<{opcode}>").into(),
    }
}

/// Code units of inline cache behind an instruction.
pub fn caches(opcode: u16) -> usize {
    info(opcode).map_or(0, |info| info.caches as usize)
}

/// The opcode that a specialised or instrumented form stands for.
pub fn base(opcode: u8) -> u8 {
    info(opcode.into()).map_or(opcode, |info| info.base as u8)
}

/// How many values an instruction takes off the stack.
pub fn popped(opcode: u16, oparg: i32) -> i32 {
    info(opcode).map_or(0, |info| clamp((info.popped)(oparg.into())))
}

/// How many values an instruction puts on the stack.
pub fn pushed(opcode: u16, oparg: i32) -> i32 {
    info(opcode).map_or(0, |info| clamp((info.pushed)(oparg.into())))
}

/// What an instruction does to the stack's depth: `dis.stack_effect`. `jump` says whether it jumps; `None` asks for the larger of both.
///
/// There is no answer for specialised forms and for numbers that are no opcode.
pub fn stack_effect(opcode: u16, oparg: i32, jump: Option<bool>) -> Option<i32> {
    let info = info(opcode)?;
    if info.is_specialized() {
        return None;
    }
    let effect = clamp((info.pushed)(oparg.into()) - (info.popped)(oparg.into()));
    // A handler's values are on the stack when the exception arrives there, not behind the instruction that sets it up.
    if info.has(flag::EXC) && jump == Some(false) { Some(0) } else { Some(effect) }
}

fn clamp(depth: i64) -> i32 {
    depth.clamp(i32::MIN.into(), i32::MAX.into()) as i32
}

impl OpInfo {
    /// Whether any of the bits of [`flag`] is set.
    pub const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub const fn is_pseudo(&self) -> bool {
        self.opcode > 255
    }

    pub const fn is_instrumented(&self) -> bool {
        self.opcode >= MIN_INSTRUMENTED_OPCODE as u16 && self.opcode < op::ENTER_EXECUTOR as u16
    }

    /// Whether this is a form that the interpreter puts in place of its base, which no code object shows.
    pub const fn is_specialized(&self) -> bool {
        self.base != self.opcode && !self.is_instrumented()
    }
}

fn has(opcode: u16, flag: u16) -> bool {
    info(opcode).is_some_and(|info| info.has(flag))
}

macro_rules! predicates {
    ($($(#[$doc:meta])* $name:ident = $flag:ident;)*) => { $($(#[$doc])* pub fn $name(opcode: u16) -> bool { has(opcode, flag::$flag) })* };
}

predicates! {
    /// Whether the instruction uses its operand.
    has_arg = ARG;
    /// Whether the operand is an index into `co_consts`.
    has_const = CONST;
    /// Whether the operand is an index into `co_names`.
    has_name = NAME;
    /// Whether the operand is a jump.
    has_jump = JUMP;
    /// Whether the operand is a cell or free variable.
    has_free = FREE;
    /// Whether the operand is a fast local.
    has_local = LOCAL;
    /// Whether the instruction sets up an exception handler.
    has_exc = EXC;
}
