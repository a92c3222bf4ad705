//! What the name of an algorithm selects: settings from which a balancer is built for a pool.

use std::any::Any;
use std::fmt::Debug;
use std::sync::Arc;

use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::pool::Pool;
use crate::profile::Profile;

/// A way to pick backends, with its settings. It builds one [`Balancer`] for each pool.
///
/// An algorithm alone picks nothing. [`LoadBalancer::new`](crate::LoadBalancer::new) builds its balancer for a pool,
/// and again whenever the pool changes.
pub trait Algorithm: Any + Debug + Send + Sync {
    /// Builds the balancer for a pool, which may be empty. `before` is the balancer that this algorithm built for the
    /// previous pool, if there is one; learned state can be carried over from it (see [`carried`]).
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

/// Returns the previous balancer as the type that this algorithm builds, or `None` if there is no previous one.
///
/// ```
/// use std::sync::atomic::{AtomicUsize, Ordering};
///
/// use evenkeel_algorithms::{
///     Algorithm, Balancer, BuildError, Fingerprint, LoadBalancer, Pick, Pool, Profile, Slot, carried,
/// };
///
/// /// Picks the backends in turn.
/// #[derive(Debug)]
/// struct Turns;
///
/// /// The number of turns taken.
/// #[derive(Debug)]
/// struct Taken(AtomicUsize);
///
/// impl Algorithm for Turns {
///     fn build(
///         &self,
///         _: &Pool,
///         before: Option<&dyn Balancer>,
///     ) -> Result<Box<dyn Balancer>, BuildError> {
///         let taken = carried::<Taken>(before).map_or(0, |before| before.0.load(Ordering::Relaxed));
///         Ok(Box::new(Taken(taken.into())))
///     }
///
///     fn profile(&self) -> Profile {
///         Profile::TURNS.without_weights()
///     }
/// }
///
/// impl Balancer for Taken {
///     fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
///         let slots = pick.pool().slots();
///         let turn = self.0.fetch_add(1, Ordering::Relaxed).checked_rem(slots.len())?;
///         slots.clone().skip(turn).chain(slots).find(|&slot| pick.allows(slot))
///     }
///
///     fn describe(&self, fingerprint: &mut Fingerprint) {
///         fingerprint.text("turns");
///     }
/// }
///
/// let balancer = LoadBalancer::new(Turns, Pool::new(["b1", "b2", "b3"])?)?;
/// assert_eq!(balancer.route(None)?.backend().name(), "b1");
/// balancer.update(["b1", "b2", "b3", "b4"])?;
/// assert_eq!(balancer.route(None)?.backend().name(), "b2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn carried<T: Balancer>(before: Option<&dyn Balancer>) -> Option<&T> {
    let before: &dyn Any = before?;
    before.downcast_ref()
}

/// Builds a balancer of a known type.
#[cfg(test)]
pub(crate) fn built<T: Balancer>(algorithm: &impl Algorithm, pool: &Pool) -> T {
    let balancer: Box<dyn Any> = algorithm.build(pool, None).unwrap();
    *balancer.downcast().unwrap()
}

/// A pointer to an algorithm is an algorithm.
macro_rules! pointers {
    ($($pointer:ident)*) => {$(
        impl<A: Algorithm + ?Sized> Algorithm for $pointer<A> {
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
    )*};
}

pointers!(Arc Box);
