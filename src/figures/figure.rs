//! One number of a report, and the lists of figures.

use serde::{Serialize, Serializer};

use super::interval::Interval;
use super::number::Number;
use super::unit::Unit;

/// One number of a report: its name, its form in tables, and how it is read from a measurement.
#[derive(Debug)]
pub struct Figure<T: 'static> {
    /// Its name in JSON and CSV.
    pub name: &'static str,
    /// Its heading in tables.
    pub heading: &'static str,
    /// Its unit in tables.
    pub unit: Unit,
    /// Its decimals in tables.
    pub digits: usize,
    /// Whether lower or higher values are better.
    pub better: Better,
    /// Whether it has an interval over several runs.
    pub has_interval: bool,
    /// Whether CSV has it for a single run as well, not only with its interval.
    pub has_column: bool,
    /// Whether strategies are compared by it, run by run.
    pub is_compared: bool,
    read: fn(&T) -> Option<Number>,
}

/// Whether lower or higher values are better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// Lower is better.
    Lower,
    /// Higher is better.
    Higher,
    /// Neither: it is descriptive.
    Neither,
}

/// A type with figures.
pub trait Measured: Sized + 'static {
    /// All its figures, in the order of CSV and tables.
    const FIGURES: &'static [&'static Figure<Self>];
}

/// Defines the figures of a type, one per line: each is a constant of the type, and together they are its list. A line
/// states which values are better, its name, heading, unit and digits, how it is read, and whether it has an interval
/// or is compared.
macro_rules! figures {
    ($visibility:vis $type:ty {
        $(
            $(#[$doc:meta])*
            $constant:ident = $better:ident(
                $name:literal, $heading:literal, $unit:ident, $digits:literal, |$of:ident| $read:expr
            ) $(.$flag:ident())*;
        )*
    }) => {
        impl $type {
            $(
                $(#[$doc])*
                $visibility const $constant: &'static $crate::figures::figure::Figure<Self> =
                    &$crate::figures::figure::Figure::<Self>::$better(
                        $name,
                        $heading,
                        $crate::figures::unit::Unit::$unit,
                        $digits,
                        |$of| $crate::figures::number::Value::number(&$read),
                    )
                    $(.$flag())*;
            )*
        }

        impl $crate::figures::figure::Measured for $type {
            const FIGURES: &'static [&'static $crate::figures::figure::Figure<Self>] =
                &[$(Self::$constant),*];
        }
    };
}

pub(crate) use figures;

impl<T> Figure<T> {
    /// Creates a figure by its name, heading, unit and digits, for which lower is better.
    pub const fn lower(
        name: &'static str,
        heading: &'static str,
        unit: Unit,
        digits: usize,
        read: fn(&T) -> Option<Number>,
    ) -> Self {
        Self {
            name,
            heading,
            unit,
            digits,
            better: Better::Lower,
            has_interval: false,
            has_column: true,
            is_compared: false,
            read,
        }
    }

    /// Creates a figure for which higher is better.
    pub const fn higher(
        name: &'static str,
        heading: &'static str,
        unit: Unit,
        digits: usize,
        read: fn(&T) -> Option<Number>,
    ) -> Self {
        let mut figure = Self::lower(name, heading, unit, digits, read);
        figure.better = Better::Higher;
        figure
    }

    /// Creates a descriptive figure.
    pub const fn neither(
        name: &'static str,
        heading: &'static str,
        unit: Unit,
        digits: usize,
        read: fn(&T) -> Option<Number>,
    ) -> Self {
        let mut figure = Self::lower(name, heading, unit, digits, read);
        figure.better = Better::Neither;
        figure
    }

    /// Returns the figure with an interval over several runs.
    #[must_use]
    pub const fn with_interval(mut self) -> Self {
        self.has_interval = true;
        self
    }

    /// Returns the figure with an interval, and in CSV only over several runs.
    #[must_use]
    pub const fn only_over_runs(mut self) -> Self {
        self.has_interval = true;
        self.has_column = false;
        self
    }

    /// Returns the figure with an interval, and with differences between strategies.
    #[must_use]
    pub const fn compared(mut self) -> Self {
        self.has_interval = true;
        self.is_compared = true;
        self
    }

    /// Returns its value; `None` if it has none.
    pub fn of(&self, measured: &T) -> Option<Number> {
        (self.read)(measured)
    }

    /// Returns its value in each run, if all have one.
    pub(crate) fn over<'a>(
        &self,
        runs: impl IntoIterator<Item = Option<&'a T>>,
    ) -> Option<Vec<f64>> {
        let value = |run: Option<&T>| self.of(run?).map(Number::value);
        runs.into_iter().map(value).collect()
    }

    /// Returns a value as in tables.
    #[must_use]
    pub fn text(&self, number: Number) -> String {
        self.unit.text(number, self.digits)
    }

    /// Returns a mean with half the width of its interval, as in tables.
    #[must_use]
    pub fn text_of_interval(&self, interval: Interval) -> String {
        self.unit.text_of_interval(interval, self.digits)
    }
}

/// Compares names: a name identifies a figure of a type.
impl<T> PartialEq for Figure<T> {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Serializes as its name.
impl<T> Serialize for Figure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}
