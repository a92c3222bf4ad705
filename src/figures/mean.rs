//! Several runs combined into one.

use super::interval;

/// A type with a mean over several runs.
pub(crate) trait Mean: Sized {
    /// Returns the mean over runs, of which there is at least one.
    fn mean(runs: &[&Self]) -> Self;
}

/// Returns the mean of a part of several runs.
pub(crate) fn mean_of<R, T: Mean>(runs: &[&R], part: impl Fn(&R) -> &T) -> T {
    let parts: Vec<_> = runs.iter().map(|run| part(run)).collect();
    T::mean(&parts)
}

/// Implements means for a struct: for each field the mean, the value of the first run, the sum, or a function of all
/// runs.
macro_rules! mean_by_field {
    ($type:ident { $($field:ident $(: $how:ident)? $(= $function:expr)?),* $(,)? }) => {
        impl $crate::figures::mean::Mean for $type {
            fn mean(runs: &[&Self]) -> Self {
                Self {
                    $($field: $crate::figures::mean::mean_by_field!(@ runs $field $($how)? $(= $function)?)),*
                }
            }
        }
    };
    (@ $runs:ident $field:ident) => {
        $crate::figures::mean::mean_of($runs, |run| &run.$field)
    };
    (@ $runs:ident $field:ident first) => {
        $runs[0].$field.clone()
    };
    (@ $runs:ident $field:ident sum) => {
        $runs.iter().map(|run| run.$field).sum()
    };
    (@ $runs:ident $field:ident = $function:expr) => {
        $function($runs)
    };
}

pub(crate) use mean_by_field;

impl Mean for f64 {
    fn mean(runs: &[&Self]) -> Self {
        let values: Vec<_> = runs.iter().copied().copied().collect();
        interval::mean(&values)
    }
}

/// Rounded.
impl Mean for u64 {
    fn mean(runs: &[&Self]) -> Self {
        let values: Vec<_> = runs.iter().map(|&&run| run as f64).collect();
        interval::mean(&values).round() as Self
    }
}

/// Rounded.
impl Mean for usize {
    fn mean(runs: &[&Self]) -> Self {
        let values: Vec<_> = runs.iter().map(|&&run| run as f64).collect();
        interval::mean(&values).round() as Self
    }
}

/// `None` if some run has none.
impl<T: Mean> Mean for Option<T> {
    fn mean(runs: &[&Self]) -> Self {
        let all: Option<Vec<_>> = runs.iter().map(|run| run.as_ref()).collect();
        all.map(|all| T::mean(&all))
    }
}

/// Element by element, for the elements that all runs have.
impl<T: Mean> Mean for Vec<T> {
    fn mean(runs: &[&Self]) -> Self {
        let common = runs.iter().map(|run| run.len()).min();
        let at = |place| mean_of(runs, |run| &run[place]);
        (0..common.unwrap_or_default()).map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Run {
        name: &'static str,
        sum: u128,
        whole: u64,
        some: Option<f64>,
        parts: Vec<f64>,
        count: usize,
    }

    mean_by_field!(Run {
        name: first,
        sum: sum,
        whole,
        some,
        parts,
        count = |runs: &[&Run]| runs.len(),
    });

    fn run(whole: u64, some: Option<f64>, parts: &[f64]) -> Run {
        Run {
            name: "a",
            sum: whole.into(),
            whole,
            some,
            parts: parts.to_vec(),
            count: 1,
        }
    }

    #[test]
    fn means_are_taken_field_by_field() {
        let runs = [run(1, Some(0.5), &[1., 2.]), run(2, Some(1.), &[3.])];
        let mean = Run::mean(&runs.iter().collect::<Vec<_>>());
        let expected = Run {
            sum: 3,
            count: 2,
            ..run(2, Some(0.75), &[2.])
        };
        assert_eq!(mean, expected);
        let runs = [run(1, Some(0.5), &[]), run(1, None, &[])];
        assert_eq!(Run::mean(&runs.iter().collect::<Vec<_>>()).some, None);
    }
}
