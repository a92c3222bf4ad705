//! One number of a report, and the lists of them.

use serde::{Serialize, Serializer};

use super::interval::Interval;
use super::number::Number;
use super::unit::Unit;

/// One number of a report: what it is called, how tables show it, and how it is read off what was measured.
#[derive(Debug)]
pub struct Figure<T: 'static> {
    /// Its name in JSON and CSV.
    pub name: &'static str,
    /// Its heading in tables.
    pub heading: &'static str,
    /// What tables show it in.
    pub unit: Unit,
    /// Its digits behind the point in tables.
    pub digits: usize,
    /// Which way it is better.
    pub better: Better,
    /// Whether several runs give it an interval.
    pub has_interval: bool,
    /// Whether CSV has it of one run as well, not only with its interval.
    pub has_column: bool,
    /// Whether strategies are told apart by it, run by run.
    pub is_compared: bool,
    read: fn(&T) -> Option<Number>,
}

/// Which way a figure is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Better {
    /// The less the better.
    Lower,
    /// The more the better.
    Higher,
    /// It only describes.
    Neither,
}

/// What has figures.
pub trait Measured: Sized + 'static {
    /// All of them, in the order of CSV and tables.
    const FIGURES: &'static [&'static Figure<Self>];
}

/// The figures of a type, one a line: each is a constant of the type, and together they are its list. A line says
/// which way the figure is better, its name, heading, unit and digits, how it is read, and whether it has an
/// interval or is compared.
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
    /// Creates a figure by its name, heading, unit and digits, which is the better the lower it is.
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

    /// One that is the better the higher it is.
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

    /// One that is neither.
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

    /// With an interval, if there are several runs.
    #[must_use]
    pub const fn with_interval(mut self) -> Self {
        self.has_interval = true;
        self
    }

    /// With an interval, and in CSV only if there are several runs.
    #[must_use]
    pub const fn only_over_runs(mut self) -> Self {
        self.has_interval = true;
        self.has_column = false;
        self
    }

    /// With an interval, and with differences between strategies.
    #[must_use]
    pub const fn compared(mut self) -> Self {
        self.has_interval = true;
        self.is_compared = true;
        self
    }

    /// What it is; none where it has no meaning.
    pub fn of(&self, measured: &T) -> Option<Number> {
        (self.read)(measured)
    }

    /// What it is in each run, if all have it.
    pub(crate) fn over<'a>(
        &self,
        runs: impl IntoIterator<Item = Option<&'a T>>,
    ) -> Option<Vec<f64>> {
        let value = |run: Option<&T>| self.of(run?).map(Number::value);
        runs.into_iter().map(value).collect()
    }

    /// Returns a value of it as tables show it.
    #[must_use]
    pub fn text(&self, number: Number) -> String {
        self.unit.text(number, self.digits)
    }

    /// Returns a mean of it with half of its interval's width, as tables show it.
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

/// As its name.
impl<T> Serialize for Figure<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.name.serialize(serializer)
    }
}
