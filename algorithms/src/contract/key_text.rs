//! The keys that the laws ask for.

use std::fmt;

/// The key of a number, as text: `k7`. It is made for millions of keys, so it lives on the stack.
#[derive(Clone, Copy)]
pub struct KeyText {
    bytes: [u8; Self::CAPACITY],
    start: usize,
}

impl KeyText {
    /// A letter and as many digits as the largest number has.
    const CAPACITY: usize = 1 + 20;

    /// Returns the key of a number.
    #[must_use]
    pub const fn new(mut number: u64) -> Self {
        let (mut bytes, mut start) = ([0; Self::CAPACITY], Self::CAPACITY);
        loop {
            start -= 1;
            bytes[start] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                break;
            }
        }
        start -= 1;
        bytes[start] = b'k';
        Self { bytes, start }
    }

    /// Returns the bytes of the key.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

impl fmt::Display for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(self.as_bytes()))
    }
}

impl fmt::Debug for KeyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::KeyText;

    #[test]
    fn a_key_is_the_number_with_a_letter() {
        for number in [0, 7, 10, 1_234, u64::MAX] {
            assert_eq!(KeyText::new(number).to_string(), format!("k{number}"));
        }
    }
}
