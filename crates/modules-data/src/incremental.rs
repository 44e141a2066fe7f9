//! Running a stream step by step into a growing buffer.

const SMALLEST_CHUNK: usize = 16 * 1024;
const LARGEST_CHUNK: usize = 4 << 20;

/// What one step did.
pub(crate) struct Step {
    /// Bytes of input consumed.
    pub(crate) fed: usize,
    /// Bytes of output made.
    pub(crate) made: usize,
    /// The stream is at its end.
    pub(crate) end: bool,
}

/// Room for the next piece of output, the more the more there is already.
pub(crate) fn next_chunk(have: usize) -> usize {
    have.clamp(SMALLEST_CHUNK, LARGEST_CHUNK)
}

/// Steps until the stream ends, the input is used up with nothing left to come, or the output has `limit` bytes.
/// Gives the number of bytes consumed and whether the stream is at its end.
pub(crate) fn run<E>(
    input: &[u8],
    out: &mut Vec<u8>,
    limit: Option<usize>,
    mut step: impl FnMut(&[u8], &mut [u8]) -> Result<Step, E>,
) -> Result<(usize, bool), E> {
    let mut at = 0;
    loop {
        let left = limit.map_or(usize::MAX, |l| l.saturating_sub(out.len()));
        if left == 0 {
            return Ok((at, false));
        }
        let (start, room) = (out.len(), next_chunk(out.len()).min(left));
        out.resize(start + room, 0);
        let done = step(&input[at..], &mut out[start..]);
        let done = match done {
            Ok(done) => done,
            Err(e) => {
                out.truncate(start);
                return Err(e);
            }
        };
        out.truncate(start + done.made);
        at += done.fed;
        if done.end || (done.made < room && (at == input.len() || done.fed == 0)) {
            return Ok((at, done.end));
        }
    }
}
