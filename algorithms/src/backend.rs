//! A backend and its weight, as they are configured.

use std::any::Any;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use crate::attributes::Attributes;
use crate::data::Data;
use crate::error::BuildError;
use crate::limits::MAX_WEIGHT;

/// A backend's share relative to the others: 1 to 1,000,000.
///
/// There is no weight 0. A backend that should get no requests is drained ([`Backend::with_drain`]), so that the
/// points, draws and turns of the others stay where they are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Weight(NonZeroU32);

impl Weight {
    /// The smallest weight, 1.
    pub const MIN: Self = Self(NonZeroU32::MIN);
    /// The largest weight, 1,000,000: the sum of a million such weights fits into 64 bits.
    pub const MAX: Self = Self(NonZeroU32::new(MAX_WEIGHT).unwrap());

    /// Checks a weight.
    ///
    /// # Errors
    /// [`BuildError::ZeroWeight`] and [`BuildError::WeightTooLarge`].
    pub fn new(weight: u64) -> Result<Self, BuildError> {
        let checked = u32::try_from(weight)
            .ok()
            .filter(|&weight| weight <= Self::MAX.get());
        let checked = checked.ok_or(BuildError::WeightTooLarge { weight })?;
        NonZeroU32::new(checked)
            .map(Self)
            .ok_or(BuildError::ZeroWeight)
    }

    /// Returns the weight as a number.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0.get()
    }
}

impl Default for Weight {
    fn default() -> Self {
        Self::MIN
    }
}

impl fmt::Debug for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl fmt::Display for Weight {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Weight {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::de::whole_number(
            deserializer,
            &"a weight, a whole number from 1 to 1000000",
            Self::new,
        )
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Weight {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.get())
    }
}

/// One backend of a [`Pool`](crate::Pool). Its name is its identity, which is hashed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backend {
    name: Arc<str>,
    weight: Weight,
    drain: bool,
    down: bool,
    backup: bool,
    max_in_flight: Option<NonZeroU32>,
    connections: u32,
    /// `None` if no detail is set.
    details: Option<Arc<Details>>,
}

/// What no pick reads. Kept apart, so that the data that picks read is dense in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Details {
    address: Option<Arc<str>>,
    attributes: Option<Arc<Attributes>>,
    data: Option<Data>,
}

impl Backend {
    /// Creates a backend of weight 1 without an address. The pool checks the name.
    pub fn new(name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            weight: Weight::default(),
            drain: false,
            down: false,
            backup: false,
            max_in_flight: None,
            connections: 0,
            details: None,
        }
    }

    /// Returns the same backend with other details.
    fn with_details(mut self, change: impl FnOnce(&mut Details)) -> Self {
        let mut details = self
            .details
            .take()
            .map_or_else(Details::default, Arc::unwrap_or_clone);
        change(&mut details);
        self.details = (details != Details::default()).then(|| Arc::new(details));
        self
    }

    /// Returns the same backend with another name, which the pool checks.
    #[must_use]
    pub fn with_name(self, name: impl Into<Arc<str>>) -> Self {
        Self {
            name: name.into(),
            ..self
        }
    }

    /// Checks that a name can be an identity: not empty, and printable on one line.
    ///
    /// # Errors
    /// [`BuildError::EmptyName`] and [`BuildError::UnprintableName`].
    pub fn check_name(name: &str) -> Result<(), BuildError> {
        if name.is_empty() {
            return Err(BuildError::EmptyName);
        }
        // The last two are noncharacters: YAML cannot express them.
        let printable = |char: char| !char.is_control() && !matches!(char, '\u{FFFE}' | '\u{FFFF}');
        if !name.chars().all(printable) {
            return Err(BuildError::UnprintableName {
                name: name.to_owned(),
            });
        }
        Ok(())
    }

    /// Sets the weight.
    #[must_use]
    pub fn with_weight(self, weight: Weight) -> Self {
        Self { weight, ..self }
    }

    /// Sets the address of the backend. No algorithm reads it: it may change without moving a key.
    #[must_use]
    pub fn with_address(self, address: impl Into<Arc<str>>) -> Self {
        self.with_details(|details| details.address = Some(address.into()))
    }

    /// Removes the address.
    #[must_use]
    pub fn without_address(self) -> Self {
        self.with_details(|details| details.address = None)
    }

    /// Marks the backend as draining: it keeps its place in every algorithm and gets no requests.
    #[must_use]
    pub fn with_drain(self, drain: bool) -> Self {
        Self { drain, ..self }
    }

    /// Marks the backend as down: known not to answer, so that it gets no requests. It keeps its place like a draining
    /// backend.
    #[must_use]
    pub fn with_down(self, down: bool) -> Self {
        Self { down, ..self }
    }

    /// Makes the backend a backup: it gets requests only while no other backend than backups is eligible.
    #[must_use]
    pub fn with_backup(self, backup: bool) -> Self {
        Self { backup, ..self }
    }

    /// Caps the requests in flight, or removes the cap: a backend at its cap is not picked. The cap is exact on any
    /// number of threads. A request that finds every backend at its cap is not routed.
    #[must_use]
    pub fn with_max_in_flight(self, most: impl Into<Option<NonZeroU32>>) -> Self {
        Self {
            max_in_flight: most.into(),
            ..self
        }
    }

    /// Sets how many requests are already in flight when the backend joins a pool. A backend that is already in the
    /// pool keeps the count of the pool.
    #[must_use]
    pub fn with_connections(self, connections: u32) -> Self {
        Self {
            connections,
            ..self
        }
    }

    /// Sets the attributes, which only dialects use.
    #[must_use]
    pub fn with_attributes(self, attributes: Attributes) -> Self {
        self.with_details(|details| details.attributes = Some(Arc::new(attributes)))
    }

    /// Attaches a value of any type: the connection, the client, or whatever a request needs once its backend is
    /// picked. No balancer reads it. It follows the backend through [tickets](crate::Ticket) and
    /// [updates](crate::LoadBalancer::update_with), so no map from names is needed.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use evenkeel_algorithms::{Backend, LoadBalancer, Pool, Rendezvous};
    ///
    /// struct Connection(u16);
    ///
    /// let pool = Pool::new([Backend::new("b1").with_data(Arc::new(Connection(7001)))])?;
    /// let balancer = LoadBalancer::new(Rendezvous::default(), pool)?;
    /// let ticket = balancer.route(Some(b"alice"))?;
    /// let connection: &Connection = ticket.backend().data().expect("each has one");
    /// assert_eq!(connection.0, 7001);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_data<T: Any + Send + Sync>(self, data: Arc<T>) -> Self {
        self.with_details(|details| details.data = Some(Data::new(data)))
    }

    /// Returns the attached value, if it is of this type.
    #[must_use]
    pub fn data<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.details.as_ref()?.data.as_ref()?.get()
    }

    /// Returns a shared pointer to the attached value, if it is of this type: for a task that outlives the backend.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use evenkeel_algorithms::Backend;
    ///
    /// struct Connection(u16);
    ///
    /// let backend = Backend::new("b1").with_data(Arc::new(Connection(7001)));
    /// let connection = backend.shared_data::<Connection>().expect("it has one");
    /// std::thread::spawn(move || assert_eq!(connection.0, 7001)).join().expect("it ends");
    /// ```
    #[must_use]
    pub fn shared_data<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.details.as_ref()?.data.as_ref()?.shared()
    }

    /// Returns the name: the identity that is hashed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the name as a shared pointer, without a copy.
    #[must_use]
    pub fn shared_name(&self) -> Arc<str> {
        Arc::clone(&self.name)
    }

    /// Returns the address, if there is one.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.details.as_ref()?.address.as_deref()
    }

    /// Returns the weight.
    #[must_use]
    pub const fn weight(&self) -> Weight {
        self.weight
    }

    /// Returns whether the backend is draining.
    #[must_use]
    pub const fn is_draining(&self) -> bool {
        self.drain
    }

    /// Returns whether the backend is down.
    #[must_use]
    pub const fn is_down(&self) -> bool {
        self.down
    }

    /// Returns whether the backend is a backup.
    #[must_use]
    pub const fn is_backup(&self) -> bool {
        self.backup
    }

    /// Returns the cap on requests in flight, if there is one.
    #[must_use]
    pub const fn max_in_flight(&self) -> Option<NonZeroU32> {
        self.max_in_flight
    }

    /// Returns how many requests are in flight when the backend joins a pool.
    #[must_use]
    pub const fn connections(&self) -> u32 {
        self.connections
    }

    /// Returns the attributes, which only dialects use.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        let details = self.details.as_ref();
        let attributes = details.and_then(|details| details.attributes.as_deref());
        attributes.unwrap_or(&Attributes::NONE)
    }
}

impl From<&str> for Backend {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl From<String> for Backend {
    fn from(name: String) -> Self {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_checked() {
        assert_eq!(Weight::new(0), Err(BuildError::ZeroWeight));
        assert_eq!(Weight::new(1).unwrap(), Weight::MIN);
        assert_eq!(Weight::new(1_000_000).unwrap(), Weight::MAX);
        for weight in [1_000_001, u64::from(u32::MAX) + 2, u64::MAX] {
            assert_eq!(
                Weight::new(weight),
                Err(BuildError::WeightTooLarge { weight })
            );
        }
    }

    #[cfg(feature = "serde")]
    #[test]
    fn a_weight_is_written_as_it_is_read() {
        let weight = Weight::new(7).unwrap();
        assert_eq!(serde_json::to_string(&weight).unwrap(), "7");
        assert_eq!(serde_json::from_str::<Weight>("7").unwrap(), weight);
    }

    #[test]
    fn data_is_found_by_its_type_and_compared_with_the_backend() {
        let data = Arc::new(7u16);
        let backend = Backend::new("a").with_data(Arc::clone(&data));
        assert_eq!((backend.data(), backend.data::<u32>()), (Some(&7u16), None));
        assert_eq!(Backend::new("a").data::<u16>(), None);
        let shared = backend.shared_data::<u16>().unwrap();
        assert!(Arc::ptr_eq(&shared, &data));
        assert_eq!(backend.shared_data::<u32>(), None);
        assert_eq!(Backend::new("a").shared_data::<u16>(), None);
        // Identity counts, because the value need not be comparable.
        assert_eq!(backend, backend.clone().with_weight(Weight::MIN));
        assert_eq!(backend, Backend::new("a").with_data(data));
        assert_ne!(backend, Backend::new("a").with_data(Arc::new(7u16)));
        assert_ne!(backend, Backend::new("a"));
        assert!(format!("{backend:?}").contains("data: Some(Data)"));
    }
}
