//! The distribution of requests over the clients.

use std::fmt;
use std::str::FromStr;

use anyhow::{Context, Result};
use rand::RngExt;
use rand::distr::Distribution as _;
use rand::distr::weighted::WeightedIndex;
use rand::rngs::ChaCha8Rng;

/// The distribution of requests over the clients.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Distribution {
    /// Every client sends equally many requests.
    Uniform,
    /// Client k sends requests in proportion to 1 / k^s.
    Zipf(f64),
}

/// Draws a client, numbered from 0.
type Sampler = Box<dyn FnMut(&mut ChaCha8Rng) -> u32>;

impl Distribution {
    /// Returns a sampler over some clients.
    pub(crate) fn sampler(self, clients: u32) -> Result<Sampler> {
        Ok(match self {
            Self::Uniform => Box::new(move |rng| rng.random_range(0..clients)),
            Self::Zipf(exponent) => {
                let weights = (1..=clients).map(|rank| libm::pow(f64::from(rank), -exponent));
                let index = WeightedIndex::new(weights)
                    .with_context(|| format!("zipf:{exponent} over {clients} clients"))?;
                Box::new(move |rng| index.sample(rng) as u32)
            }
        })
    }
}

impl fmt::Display for Distribution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Uniform => f.write_str("uniform"),
            Self::Zipf(exponent) => write!(f, "zipf:{exponent}"),
        }
    }
}

impl FromStr for Distribution {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let zipf = |exponent: &str| {
            let exponent = exponent
                .parse()
                .ok()
                .filter(|exponent| (0.0..=10.0).contains(exponent));
            exponent
                .map(Self::Zipf)
                .ok_or("the exponent of zipf:S must be a number from 0 to 10".into())
        };
        match text.split_once(':') {
            None if text == "uniform" => Ok(Self::Uniform),
            Some(("zipf", exponent)) => zipf(exponent),
            _ => Err("expected `uniform` or `zipf:S`, for example `zipf:1.0`".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn texts_are_read_and_written() {
        for text in ["uniform", "zipf:0.8", "zipf:0"] {
            assert_eq!(text.parse::<Distribution>().unwrap().to_string(), text);
        }
        for text in [
            "zipf", "zipf:x", "zipf:-1", "zipf:NaN", "zipf:inf", "normal",
        ] {
            assert!(text.parse::<Distribution>().is_err(), "{text}");
        }
    }

    #[test]
    fn zipf_clients_send_in_proportion() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut draw = Distribution::Zipf(1.0).sampler(3).unwrap();
        let mut counts = [0u32; 3];
        (0..110_000).for_each(|_| counts[draw(&mut rng) as usize] += 1);
        for (count, expected) in counts.into_iter().zip([60_000, 30_000, 20_000]) {
            assert!(count.abs_diff(expected) < 700, "{counts:?}");
        }
    }
}
