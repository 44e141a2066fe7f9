//! From candidate to candidate until a match is found.

use crate::machine::{Goal, Machine};
use crate::pattern::{Interrupt, State, Stop};
use crate::program::Program;
use crate::unit::Unit;

/// Matches at `pos`, or searches from there, as `goal` says, in `whole` up to `end`. `pos` may be beyond `end`: as in CPython, a search then
/// fails, but a match succeeds if the pattern takes no character.
pub(crate) fn run<U: Unit>(
    program: &Program,
    state: &mut State,
    whole: &[U],
    pos: usize,
    end: usize,
    goal: Goal,
    interrupt: Interrupt<'_>,
) -> Result<bool, Stop> {
    let s = &whole[..end];
    let beyond = pos > s.len() && !goal.search && program.min_width == 0;
    let last = match s.len().checked_sub(program.min_width) {
        Some(last) if pos <= last || beyond => last,
        _ => return Ok(false),
    };
    if !goal.search {
        return Machine { program, state, s, whole, start: pos, goal, interrupt }.attempt();
    }
    if program.is_text {
        state.reset();
        return Ok(program.start.next(program, s, pos).is_some_and(|start| {
            (state.start, state.end) = (start, start + program.min_width);
            true
        }));
    }
    let mut machine = Machine { program, state, s, whole, start: pos, goal, interrupt };
    let mut at = pos;
    while at <= last {
        let Some(start) = program.start.next(program, s, at).filter(|&start| start <= last) else {
            return Ok(false);
        };
        machine.start = start;
        machine.goal.must_advance = goal.must_advance && start == pos;
        if machine.attempt()? {
            return Ok(true);
        }
        at = start + 1;
        if let Some(index) = program.leading {
            // No match starts within the run that was just tried.
            let one = program.repeats[index as usize].one;
            let end = program.run_end(one, s, start, usize::MAX);
            machine.burn(end - start)?;
            at = end + 1;
        }
    }
    Ok(false)
}
