//! A repeatable stream of numbers: the same seed throws the same dice on every machine.
//!
//! Not for secrets; it exists so that a feed needs no memory and two runs serve the same bytes.

/// A seeded stream of numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, all 64 bits of it.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number in `0..end`; the bias of the remainder does not matter here.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }

    /// One of `faces`, which is not empty.
    pub(crate) fn pick<'a, T>(&mut self, faces: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(faces.len() as u64)).unwrap_or(0);
        &faces[at]
    }
}

/// A number for a text: FNV-1a, then mixed so that near names lie far apart.
pub(crate) fn hash(text: &str) -> u64 {
    let fnv = text.bytes().fold(0xCBF2_9CE4_8422_2325, |sum: u64, byte| {
        (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    mix(fnv)
}

fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_throws_the_same() {
        let throw = |seed| {
            let mut dice = Dice::new(seed);
            [
                dice.next(),
                dice.below(10),
                u64::from(*dice.pick(&[1u8, 2, 3])),
            ]
        };
        assert_eq!(throw(7), throw(7));
        assert_ne!(throw(7), throw(8));
        // The first number of SplitMix64 seeded with 0, as its authors publish it.
        assert_eq!(Dice::new(0).next(), 0xE220_A839_7B1D_CDAF);
    }

    #[test]
    fn near_names_lie_far_apart() {
        assert_ne!(hash("t10") >> 32, hash("t11") >> 32);
        assert_eq!(hash("cats"), hash("cats"));
    }
}
