//! Numbers that occur in the code array, with the names of `re._constants` (MAGIC 20230612).
#![allow(dead_code, reason = "the lists are complete, because the place in the list is the number")]

/// The `_sre.MAGIC` whose code arrays this crate understands.
pub(crate) const MAGIC: u32 = 20_230_612;
/// An upper bound that stands for "no upper bound".
pub(crate) const MAXREPEAT: u32 = u32::MAX;
/// The greatest number of groups that a pattern may have.
pub(crate) const MAXGROUPS: usize = 1_073_741_823;

/// Declares numbered constants, counted from zero as `re._constants._makecodes` does.
macro_rules! codes {
    ($($name:ident)*) => { codes!(@ 0u32; $($name)*); };
    (@ $n:expr; $name:ident $($rest:ident)*) => {
        pub(crate) const $name: u32 = $n;
        codes!(@ $n + 1; $($rest)*);
    };
    (@ $n:expr;) => {};
}

codes! {
    FAILURE SUCCESS
    ANY ANY_ALL ASSERT ASSERT_NOT AT BRANCH CATEGORY CHARSET BIGCHARSET GROUPREF GROUPREF_EXISTS IN INFO JUMP LITERAL
    MARK MAX_UNTIL MIN_UNTIL NOT_LITERAL NEGATE RANGE REPEAT REPEAT_ONE SUBPATTERN MIN_REPEAT_ONE ATOMIC_GROUP
    POSSESSIVE_REPEAT POSSESSIVE_REPEAT_ONE
    GROUPREF_IGNORE IN_IGNORE LITERAL_IGNORE NOT_LITERAL_IGNORE
    GROUPREF_LOC_IGNORE IN_LOC_IGNORE LITERAL_LOC_IGNORE NOT_LITERAL_LOC_IGNORE
    GROUPREF_UNI_IGNORE IN_UNI_IGNORE LITERAL_UNI_IGNORE NOT_LITERAL_UNI_IGNORE RANGE_UNI_IGNORE
}

codes! {
    AT_BEGINNING AT_BEGINNING_LINE AT_BEGINNING_STRING AT_BOUNDARY AT_NON_BOUNDARY AT_END AT_END_LINE AT_END_STRING
    AT_LOC_BOUNDARY AT_LOC_NON_BOUNDARY AT_UNI_BOUNDARY AT_UNI_NON_BOUNDARY
}

codes! {
    CATEGORY_DIGIT CATEGORY_NOT_DIGIT CATEGORY_SPACE CATEGORY_NOT_SPACE CATEGORY_WORD CATEGORY_NOT_WORD
    CATEGORY_LINEBREAK CATEGORY_NOT_LINEBREAK CATEGORY_LOC_WORD CATEGORY_LOC_NOT_WORD
    CATEGORY_UNI_DIGIT CATEGORY_UNI_NOT_DIGIT CATEGORY_UNI_SPACE CATEGORY_UNI_NOT_SPACE
    CATEGORY_UNI_WORD CATEGORY_UNI_NOT_WORD CATEGORY_UNI_LINEBREAK CATEGORY_UNI_NOT_LINEBREAK
}

pub(crate) const SRE_INFO_PREFIX: u32 = 1;
pub(crate) const SRE_INFO_LITERAL: u32 = 2;
pub(crate) const SRE_INFO_CHARSET: u32 = 4;
