//! `_random`: the Mersenne Twister behind `random`.

use object::{Guarded, Payload};
use runtime::protocols::{self, number};
use runtime::types::int;
use runtime::types::tuple::{self, Tuple};
use runtime::types::type_::alloc_instance;
use runtime::{Args, Module, Obj, ObjExt, Py, PyClass, PyResult, Thread, Type};

const N: usize = 624;
const M: usize = 397;

/// MT19937.
struct Twister {
    state: [u32; N],
    index: usize,
}

impl Twister {
    const fn from_number(seed: u32) -> [u32; N] {
        let mut state = [seed; N];
        let mut i = 1;
        while i < N {
            state[i] = 1_812_433_253u32.wrapping_mul(state[i - 1] ^ state[i - 1] >> 30).wrapping_add(i as u32);
            i += 1;
        }
        state
    }

    /// Sets the state from a key, which is not empty.
    fn reseed(&mut self, key: &[u32]) {
        /// What all keys are mixed into.
        static START: [u32; N] = Twister::from_number(19_650_218);
        let s = &mut self.state;
        *s = START;
        let (mut i, mut j, mut last) = (1, 0, s[0]);
        for _ in 0..N.max(key.len()) {
            let mixed = (last ^ last >> 30).wrapping_mul(1_664_525);
            // What does not depend on the last word comes first: the loop is as long as the chain of words.
            let added = key[j].wrapping_add(j as u32);
            last = (s[i] ^ mixed).wrapping_add(added);
            s[i] = last;
            i += 1;
            j = if j + 1 == key.len() { 0 } else { j + 1 };
            if i == N {
                s[0] = last;
                i = 1;
            }
        }
        for _ in 1..N {
            let mixed = (last ^ last >> 30).wrapping_mul(1_566_083_941);
            last = (s[i] ^ mixed).wrapping_sub(i as u32);
            s[i] = last;
            i += 1;
            if i == N {
                s[0] = last;
                i = 1;
            }
        }
        s[0] = 0x8000_0000;
        self.index = N;
    }

    fn next(&mut self) -> u32 {
        if self.index >= N {
            for k in 0..N {
                let y = self.state[k] & 0x8000_0000 | self.state[(k + 1) % N] & 0x7fff_ffff;
                let matrix = if y & 1 == 1 { 0x9908_b0df } else { 0 };
                self.state[k] = self.state[(k + M) % N] ^ y >> 1 ^ matrix;
            }
            self.index = 0;
        }
        let mut y = self.state[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= y << 7 & 0x9d2c_5680;
        y ^= y << 15 & 0xefc6_0000;
        y ^ y >> 18
    }

    fn real(&mut self) -> f64 {
        let (a, b) = (f64::from(self.next() >> 5), f64::from(self.next() >> 6));
        (a * 67_108_864.0 + b) / 9_007_199_254_740_992.0
    }
}

/// Random() -> create a random number generator with its own internal state.
#[macros::pyclass(name = "Random", module = "_random", flags = BASETYPE)]
pub(crate) struct Random {
    twister: Guarded<Twister>,
}

impl Payload for Random {}

/// The words of the seed's magnitude, least significant first.
fn key_of(th: &Thread, seed: Option<&Obj>) -> PyResult<Vec<u32>> {
    let Some(seed) = seed.filter(|s| !s.is_none()) else {
        let mut bytes = [0u8; N * 4];
        if host::random::random_bytes(&mut bytes).is_err() {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
            let words = [now as u32, (now >> 32) as u32, std::process::id()];
            return Ok(words.to_vec());
        }
        return Ok(bytes.as_chunks::<4>().0.iter().map(|c| u32::from_le_bytes(*c)).collect());
    };
    let number = if seed.is_instance(int::INT_TYPE) { seed.clone() } else { int::from_u64(protocols::hash(th, seed)? as u64) };
    let Some(big) = int::as_big(&number) else { return Ok(vec![0]) };
    let (_, magnitude) = big.into_owned().into_parts();
    let bytes = magnitude.to_le_bytes();
    let mut key: Vec<u32> =
        bytes.chunks(4).map(|c| c.iter().enumerate().fold(0, |w, (i, b)| w | u32::from(*b) << (8 * i))).collect();
    if key.is_empty() {
        key.push(0);
    }
    Ok(key)
}

fn seed(th: &Thread, slf: &Py<Random>, n: Option<&Obj>) -> PyResult<()> {
    let key = key_of(th, n)?;
    slf.twister.lock().reseed(&key);
    Ok(())
}

#[macros::pymethods]
impl Random {
    #[new(name = "Random")]
    fn new(th: &Thread, cls: &Py<Type>, _args: Args<'_>) -> PyResult<Obj> {
        let payload = Random { twister: Guarded::new(Twister { state: [0; N], index: 0 }) };
        Ok(alloc_instance(th, cls.as_object(), payload).into_obj())
    }

    #[init(name = "Random")]
    fn init(th: &Thread, slf: &Py<Random>, args: Args<'_>) -> PyResult<()> {
        let given = args.at_most_one(th, "Random", slf.as_obj().ty().overrides_new(Random::TYPE))?;
        seed(th, slf, given)
    }

    /// random() -> x in the interval [0, 1).
    #[pymethod(sig = "($self, /)")]
    fn random(_th: &Thread, slf: &Py<Random>) -> f64 {
        slf.twister.lock().real()
    }

    /// seed([n]) -> None.
    ///
    /// Defaults to use urandom and falls back to a combination
    /// of the current time and the process identifier.
    #[pymethod(sig = "($self, n=None, /)")]
    fn seed(th: &Thread, slf: &Py<Random>, n: Option<&Obj>) -> PyResult<()> {
        seed(th, slf, n)
    }

    /// getstate() -> tuple containing the current state.
    #[pymethod(sig = "($self, /)")]
    fn getstate(_th: &Thread, slf: &Py<Random>) -> Obj {
        let t = slf.twister.lock();
        let mut words: Vec<Obj> = t.state.iter().map(|&w| int::from_u64(u64::from(w))).collect();
        words.push(int::from_u64(t.index as u64));
        drop(t);
        tuple::from_vec(words).into_obj()
    }

    /// setstate(state) -> None.  Restores generator state.
    #[pymethod(sig = "($self, state, /)")]
    fn setstate(th: &Thread, slf: &Py<Random>, state: &Obj) -> PyResult<()> {
        let Some(state) = state.downcast::<Tuple>() else {
            return Err(th.type_error("state vector must be a tuple"));
        };
        if state.len() != N + 1 {
            return Err(th.value_error("state vector is the wrong size"));
        }
        let mut words = [0u32; N];
        for (word, o) in words.iter_mut().zip(state.items()) {
            let value = int::to_i128(&number::index(th, o)?).unwrap_or(-1);
            if value < 0 {
                return Err(th.overflow_error("can't convert negative value to unsigned int"));
            }
            *word = value as u32;
        }
        let index = number::index_i64(th, &state.items()[N])?;
        match usize::try_from(index) {
            Ok(index) if index <= N => {
                *slf.twister.lock() = Twister { state: words, index };
                Ok(())
            }
            _ => Err(th.value_error("invalid state")),
        }
    }

    /// getrandbits(k) -> x.  Generates an int with k random bits.
    #[pymethod(sig = "($self, k, /)")]
    fn getrandbits(th: &Thread, slf: &Py<Random>, k: &Obj) -> PyResult<Obj> {
        let k = number::index(th, k)?;
        if int::is_negative(&k) {
            return Err(th.value_error("Cannot convert negative int"));
        }
        let Some(k) = int::to_i64(&k).map(|k| k as u64) else {
            return Err(th.overflow_error("Python int too large for C uint64_t"));
        };
        if k == 0 {
            return Ok(Obj::small_int(0));
        }
        let mut t = slf.twister.lock();
        if k <= 32 {
            return Ok(int::from_u64(u64::from(t.next() >> (32 - k))));
        }
        let mut bytes = Vec::new();
        if usize::try_from(k.div_ceil(8)).ok().and_then(|n| bytes.try_reserve(n + 4).ok()).is_none() {
            return Err(th.memory_error());
        }
        let mut left = k;
        while left > 0 {
            let mut word = t.next();
            if left < 32 {
                word >>= 32 - left;
            }
            bytes.extend_from_slice(&word.to_le_bytes());
            left = left.saturating_sub(32);
        }
        drop(t);
        Ok(int::from_big(dashu_int::IBig::from(dashu_int::UBig::from_le_bytes(&bytes))))
    }
}

/// Module implements the Mersenne Twister random number generator.
#[macros::pymodule(name = "_random", exec = exec)]
pub(crate) struct RandomModule;

fn exec(_th: &Thread, m: &Py<Module>) -> PyResult<()> {
    m.add_type::<Random>();
    Ok(())
}

#[macros::pymethods]
impl RandomModule {}
