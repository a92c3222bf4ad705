//! The type of an algorithm's options, and how they are read.

#[cfg(feature = "serde")]
use std::sync::Arc;

use crate::options::Section;
use crate::section_key::SectionKey;

/// What options have to be to stand in a config: readable, with the feature `serde`.
#[cfg(feature = "serde")]
pub trait Readable: Section + Default + serde::de::DeserializeOwned {}

#[cfg(feature = "serde")]
impl<T: Section + Default + serde::de::DeserializeOwned> Readable for T {}

/// What options have to be to stand in a config: readable, with the feature `serde`.
#[cfg(not(feature = "serde"))]
pub trait Readable: Section + Default {}

#[cfg(not(feature = "serde"))]
impl<T: Section + Default> Readable for T {}

/// The type of an algorithm's section of the [`Options`](crate::Options).
#[derive(Clone, Copy, Debug)]
pub struct SectionType {
    #[cfg(feature = "serde")]
    read: Option<Read>,
}

#[cfg(feature = "serde")]
type Read =
    fn(&mut dyn erased_serde::Deserializer<'_>) -> Result<Arc<dyn Section>, erased_serde::Error>;

impl SectionType {
    /// The algorithm has no options.
    pub const NONE: Self = Self {
        #[cfg(feature = "serde")]
        read: None,
    };

    /// The algorithm's options stand under a key.
    #[must_use]
    pub const fn of<T: Readable>(_: SectionKey<T>) -> Self {
        Self {
            #[cfg(feature = "serde")]
            read: Some(|deserializer| Ok(Arc::new(erased_serde::deserialize::<T>(deserializer)?))),
        }
    }

    /// Whether there are no options.
    #[cfg(feature = "serde")]
    pub(crate) const fn is_none(self) -> bool {
        self.read.is_none()
    }

    /// Reads a section; none if there are no options.
    #[cfg(feature = "serde")]
    pub(crate) fn read<'de, D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Option<Arc<dyn Section>>, D::Error> {
        let Some(read) = self.read else {
            return Ok(None);
        };
        let mut deserializer = <dyn erased_serde::Deserializer<'_>>::erase(deserializer);
        read(&mut deserializer)
            .map(Some)
            .map_err(serde::de::Error::custom)
    }
}
