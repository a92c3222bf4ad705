//! The confidence intervals of the means over several runs.

use serde::{Serialize, Serializer};

use super::figure::{Figure, Measured};
use super::interval::Interval;

/// The intervals of the figures of a type, in the order of its list; `None` for a figure that some run does not have.
#[derive(Debug)]
pub struct Intervals<T: 'static>(Vec<(&'static Figure<T>, Option<Interval>)>);

impl<T: Measured> Intervals<T> {
    /// Returns the intervals over the measurements of each run.
    pub(crate) fn over<'a>(runs: impl IntoIterator<Item = Option<&'a T>, IntoIter: Clone>) -> Self {
        let runs = runs.into_iter();
        let told = T::FIGURES.iter().filter(|figure| figure.has_interval);
        let interval = |&figure: &&'static Figure<T>| {
            let values = figure.over(runs.clone());
            (figure, values.and_then(|values| Interval::of(&values)))
        };
        Self(told.map(interval).collect())
    }

    /// Returns the interval of a figure.
    #[must_use]
    pub fn of(&self, figure: &Figure<T>) -> Option<Interval> {
        let (_, interval) = self.0.iter().find(|(other, _)| *other == figure)?;
        *interval
    }
}

impl<T> Clone for Intervals<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// Serializes as a map by the figures' names.
impl<T> Serialize for Intervals<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(all) = self;
        serializer.collect_map(all.iter().map(|(figure, interval)| (figure.name, interval)))
    }
}
