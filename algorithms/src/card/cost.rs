//! How the time of a build or a pick grows.

use std::fmt;

/// How the time of a build or a pick grows, in big-O notation: n backends, W the sum of their weights.
///
/// ```
/// use evenkeel_algorithms::{Cost, Order};
///
/// let pick = Cost::CONSTANT.or(Order::Linear, "with a bound");
/// assert_eq!(pick.to_string(), "O(1); O(n) with a bound");
/// assert!(!pick.is_linear());
/// assert_eq!(Cost::of("P log P").with(" for P points").to_string(), "O(P log P) for P points");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    order: Order,
    /// A remark after the formula.
    remark: &'static str,
    exception: Option<(Order, &'static str)>,
}

/// A growth in big-O notation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Order {
    /// The same for any number of backends.
    Constant,
    /// With the logarithm of the number of backends.
    Logarithmic,
    /// With the number of backends.
    Linear,
    /// With the number of backends, times its logarithm.
    Linearithmic,
    /// With something else, given as a formula.
    Of(&'static str),
    /// The card does not say.
    NotStated,
}

impl Cost {
    /// O(1).
    pub const CONSTANT: Self = Self::new(Order::Constant);
    /// O(log n).
    pub const LOGARITHMIC: Self = Self::new(Order::Logarithmic);
    /// O(n).
    pub const LINEAR: Self = Self::new(Order::Linear);
    /// O(n log n).
    pub const LINEARITHMIC: Self = Self::new(Order::Linearithmic);
    /// The card does not say; shown as a hyphen.
    pub const NOT_STATED: Self = Self::new(Order::NotStated);

    const fn new(order: Order) -> Self {
        Self {
            order,
            remark: "",
            exception: None,
        }
    }

    /// Returns a cost that grows with something else than the number of backends.
    #[must_use]
    pub const fn of(formula: &'static str) -> Self {
        Self::new(Order::Of(formula))
    }

    /// Returns the same cost with a remark, such as what a letter of the formula means.
    #[must_use]
    pub const fn with(self, remark: &'static str) -> Self {
        Self { remark, ..self }
    }

    /// Returns the same cost, but of another order in some case.
    #[must_use]
    pub const fn or(self, order: Order, case: &'static str) -> Self {
        Self {
            exception: Some((order, case)),
            ..self
        }
    }

    /// Returns whether the time always grows in proportion to the number of backends.
    #[must_use]
    pub const fn is_linear(self) -> bool {
        matches!(self.order, Order::Linear)
    }
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.order, self.remark)?;
        match self.exception {
            Some((order, case)) => write!(f, "; {order} {case}"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let formula = match self {
            Self::Constant => "1",
            Self::Logarithmic => "log n",
            Self::Linear => "n",
            Self::Linearithmic => "n log n",
            Self::Of(formula) => formula,
            Self::NotStated => return f.write_str("-"),
        };
        write!(f, "O({formula})")
    }
}
