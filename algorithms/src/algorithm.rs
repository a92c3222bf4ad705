//! What a name chooses: settings from which a balancer is built for a pool.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::pool::Pool;
use crate::profile::Profile;

/// A way to pick backends, with its settings: what a [`Balancer`] is built from, for each pool anew.
///
/// An algorithm alone picks nothing. [`LoadBalancer::new`](crate::LoadBalancer::new) builds it for a pool, and
/// again whenever the pool changes.
pub trait Algorithm: Any + Debug + Send + Sync {
    /// Builds the balancer for a pool, with or without backends. `before` is the one that this algorithm
    /// built for the pool before, if there was one; what it has learnt may be carried on (see [`carried`]).
    ///
    /// # Errors
    /// [`BuildError`] if the pool does not fit the settings.
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError>;

    /// Returns what every balancer that it builds needs and promises.
    fn profile(&self) -> Profile;
}

/// Returns the balancer before as what this algorithm builds; none if there is none.
///
/// ```
/// use evenkeel_algorithms::{Balancer, carried};
///
/// fn turns<T: Balancer>(before: Option<&dyn Balancer>) -> bool {
///     carried::<T>(before).is_some()
/// }
/// # struct Unused;
/// ```
#[must_use]
pub fn carried<T: Balancer>(before: Option<&dyn Balancer>) -> Option<&T> {
    let before: &dyn Any = before?;
    before.downcast_ref()
}

impl<A: Algorithm + ?Sized> Algorithm for Arc<A> {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        (**self).build(pool, before)
    }

    fn profile(&self) -> Profile {
        (**self).profile()
    }
}

impl Algorithm for Box<dyn Algorithm> {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        (**self).build(pool, before)
    }

    fn profile(&self) -> Profile {
        (**self).profile()
    }
}
