//! The distributions of arrivals and of service times.

use std::fmt;
use std::str::FromStr;

use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::sample::Sample;
use crate::text::whole;

/// The distribution of arrivals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrivals {
    /// Poisson arrivals: exponential gaps.
    Poisson,
    /// Equal gaps.
    Deterministic,
    /// Bursts of this size, at random times.
    Bursts(u32),
}

/// The distribution of service times around a mean.
#[derive(Clone, Debug, PartialEq)]
pub enum Service {
    /// Exponential.
    Exponential,
    /// Constant.
    Deterministic,
    /// Pareto with this exponent: a few requests take very long.
    Pareto(f64),
    /// Drawn from measured times, which determine the mean.
    Empirical(Sample),
}

impl Arrivals {
    /// Returns the time from one request to the next, for a mean over all. `number` is that of the next request.
    pub(super) fn gap(self, number: u64, mean: f64, rng: &mut ChaCha8Rng) -> f64 {
        match self {
            Self::Poisson => exponential(mean, rng),
            Self::Deterministic => mean,
            Self::Bursts(size) if number.is_multiple_of(u64::from(size)) => {
                exponential(mean * f64::from(size), rng)
            }
            Self::Bursts(_) => 0.,
        }
    }
}

impl Service {
    /// Returns the mean for a requested mean in nanoseconds.
    pub(super) fn mean(&self, asked_for: u64) -> f64 {
        match self {
            Self::Empirical(sample) => sample.mean(),
            _ => asked_for as f64,
        }
    }

    /// Returns the distribution and its mean as text; the mean is given in nanoseconds unless the distribution has its
    /// own.
    pub(super) fn in_words(&self, mean: u64) -> String {
        match self {
            Self::Empirical(_) => self.to_string(),
            _ => format!("{self} of mean {} ms", mean as f64 / 1e6),
        }
    }

    /// Returns a service time.
    pub(super) fn draw(&self, mean: f64, rng: &mut ChaCha8Rng) -> f64 {
        match self {
            Self::Exponential => exponential(mean, rng),
            Self::Deterministic => mean,
            Self::Pareto(alpha) => {
                let least = mean * (alpha - 1.) / alpha;
                least * libm::pow(positive(rng), -1. / alpha)
            }
            Self::Empirical(sample) => sample.draw(rng),
        }
    }
}

fn exponential(mean: f64, rng: &mut ChaCha8Rng) -> f64 {
    -mean * libm::log(positive(rng))
}

/// Returns a number from 0, excluded, to 1.
fn positive(rng: &mut ChaCha8Rng) -> f64 {
    1. - rng.random::<f64>()
}

impl fmt::Display for Arrivals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Poisson => f.write_str("poisson"),
            Self::Deterministic => f.write_str("deterministic"),
            Self::Bursts(size) => write!(f, "bursts:{size}"),
        }
    }
}

impl FromStr for Arrivals {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bursts = |size: &str| {
            let size = whole(size).filter(|&size: &u32| size > 0);
            size.map(Self::Bursts)
                .ok_or("the size of bursts:SIZE must be a whole number from 1".into())
        };
        match text.split_once(':') {
            None if text == "poisson" => Ok(Self::Poisson),
            None if text == "deterministic" => Ok(Self::Deterministic),
            Some(("bursts", size)) => bursts(size),
            _ => Err("expected `poisson`, `deterministic` or `bursts:SIZE`".into()),
        }
    }
}

impl fmt::Display for Service {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exponential => f.write_str("exp"),
            Self::Deterministic => f.write_str("deterministic"),
            Self::Pareto(alpha) => write!(f, "pareto:{alpha}"),
            Self::Empirical(sample) => write!(f, "drawn from {sample}"),
        }
    }
}

impl FromStr for Service {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let pareto = |alpha: &str| {
            alpha
                .parse()
                .ok()
                .filter(|&alpha: &f64| alpha > 1. && alpha <= 100.)
                .map(Self::Pareto)
                .ok_or(
                    "the exponent of pareto:ALPHA must be above 1, or there is no mean, and at most 100".into(),
                )
        };
        match text.split_once(':') {
            None if text == "exp" => Ok(Self::Exponential),
            None if text == "deterministic" => Ok(Self::Deterministic),
            Some(("pareto", alpha)) => pareto(alpha),
            _ => Err("expected `exp`, `deterministic` or `pareto:ALPHA`".into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn texts_are_read_and_written() {
        for text in ["poisson", "deterministic", "bursts:8"] {
            assert_eq!(text.parse::<Arrivals>().unwrap().to_string(), text);
        }
        for text in ["exp", "deterministic", "pareto:1.5"] {
            assert_eq!(text.parse::<Service>().unwrap().to_string(), text);
        }
        for text in ["bursts", "bursts:0", "bursts:+8", "exp", "poisson:2"] {
            assert!(text.parse::<Arrivals>().is_err(), "{text}");
        }
        for text in ["pareto", "pareto:1", "pareto:NaN", "pareto:inf", "poisson"] {
            assert!(text.parse::<Service>().is_err(), "{text}");
        }
    }

    #[test]
    fn draws_have_the_requested_mean() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut mean = |draw: &mut dyn FnMut(u64, &mut ChaCha8Rng) -> f64| {
            (0..400_000)
                .map(|number| draw(number, &mut rng))
                .sum::<f64>()
                / 4e5
        };
        for distribution in [
            Arrivals::Poisson,
            Arrivals::Deterministic,
            Arrivals::Bursts(8),
        ] {
            let mean = mean(&mut |number, rng| distribution.gap(number, 10., rng));
            assert!((mean - 10.).abs() < 0.15, "{distribution}: {mean}");
        }
        for distribution in [
            Service::Exponential,
            Service::Deterministic,
            Service::Pareto(3.),
            Service::Empirical(Sample::of(&[1, 2, 27]).unwrap()),
        ] {
            let mean = mean(&mut |_, rng| distribution.draw(10., rng));
            assert!((mean - 10.).abs() < 0.15, "{distribution}: {mean}");
        }
    }
}
