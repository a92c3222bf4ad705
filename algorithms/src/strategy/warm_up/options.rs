//! The warm-up time of a newcomer, and how it is read and written.

use std::time::Duration;

use crate::error::BuildError;

/// The warm-up time of a newcomer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    over: Duration,
}

impl Options {
    /// The longest time, 365 days.
    pub const MAX: Duration = Duration::from_secs(365 * 24 * 3600);

    /// Checks a time.
    ///
    /// # Errors
    /// [`BuildError::WarmUp`] if the time is zero or more than [`MAX`](Self::MAX).
    pub fn over(time: Duration) -> Result<Self, BuildError> {
        if time.is_zero() || time > Self::MAX {
            return Err(BuildError::WarmUp {
                time,
                max: Self::MAX,
            });
        }
        Ok(Self { over: time })
    }

    /// Returns the time.
    #[must_use]
    pub const fn time(self) -> Duration {
        self.over
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Options {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seconds(Options);

        impl<'de> serde::Deserialize<'de> for Seconds {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let expecting = "a number of seconds, from above 0 to 31536000";
                let check = |seconds| {
                    let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
                    Options::over(time).map(Self)
                };
                crate::de::number(deserializer, expecting, check)
            }
        }

        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields, expecting = "a map with `seconds`")]
        struct Fields {
            seconds: Seconds,
        }

        Fields::deserialize(deserializer).map(|fields| fields.seconds.0)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = serializer.serialize_struct("Options", 1)?;
        fields.serialize_field("seconds", &self.over.as_secs_f64())?;
        fields.end()
    }
}
