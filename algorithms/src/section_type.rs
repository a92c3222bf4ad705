//! The type of an algorithm's options, and how they are read and written.

#[cfg(feature = "serde")]
use std::sync::Arc;

#[cfg(feature = "serde")]
use crate::erased_reading::read_erased;
#[cfg(feature = "serde")]
use crate::options::Options;
use crate::options::Section;
use crate::section_key::SectionKey;

/// The requirement for options in a config: readable and writable, with the feature `serde`.
#[cfg(feature = "serde")]
pub trait Readable:
    Section + Clone + Default + serde::de::DeserializeOwned + serde::Serialize
{
}

#[cfg(feature = "serde")]
impl<T: Section + Clone + Default + serde::de::DeserializeOwned + serde::Serialize> Readable for T {}

/// The requirement for options in a config: readable and writable, with the feature `serde`.
#[cfg(not(feature = "serde"))]
pub trait Readable: Section + Clone + Default {}

#[cfg(not(feature = "serde"))]
impl<T: Section + Clone + Default> Readable for T {}

/// The type of an algorithm's section of the [`Options`](crate::Options).
#[derive(Clone, Copy, Debug)]
pub struct SectionType(Option<Known>);

/// The type of a section, and its algorithm.
#[derive(Clone, Copy, Debug)]
struct Known {
    algorithm: &'static str,
    #[cfg(feature = "serde")]
    serde: Serde,
}

/// How a section is read and written.
#[cfg(feature = "serde")]
#[derive(Clone, Copy, Debug)]
struct Serde {
    read: Read,
    written: fn(&Options, &'static str) -> Box<dyn erased_serde::Serialize>,
}

#[cfg(feature = "serde")]
type Read =
    fn(&mut dyn erased_serde::Deserializer<'_>) -> Result<Arc<dyn Section>, erased_serde::Error>;

impl SectionType {
    /// The algorithm has no options.
    pub const NONE: Self = Self(None);

    /// Returns the type of the options under this key, which has the name of the algorithm.
    #[must_use]
    pub const fn of<T: Readable>(key: SectionKey<T>) -> Self {
        Self(Some(Known {
            algorithm: key.algorithm(),
            #[cfg(feature = "serde")]
            serde: Serde {
                read: |deserializer| Ok(Arc::new(erased_serde::deserialize::<T>(deserializer)?)),
                written: |options, algorithm| {
                    Box::new(options.get(SectionKey::<T>::new(algorithm)))
                },
            },
        }))
    }

    /// Returns the algorithm of the options, if there are any.
    pub(crate) const fn algorithm(self) -> Option<&'static str> {
        match self.0 {
            Some(known) => Some(known.algorithm),
            None => None,
        }
    }
    /// Reads a section; `None` if there are no options.
    #[cfg(feature = "serde")]
    pub(crate) fn read<'de, D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Option<Arc<dyn Section>>, D::Error> {
        self.0
            .map(|known| read_erased(deserializer, known.serde.read))
            .transpose()
    }

    /// Returns the section of some options in a form that serializes; `None` if there are no options.
    #[cfg(feature = "serde")]
    pub(crate) fn written(self, options: &Options) -> Option<Box<dyn erased_serde::Serialize>> {
        self.0
            .map(|known| (known.serde.written)(options, known.algorithm))
    }
}
