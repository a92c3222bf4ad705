//! Writes checked numbers in the form in which they are read.

use serde::ser::Serializer;

/// Writes a number without a fraction as a whole number.
pub(crate) fn number<S: Serializer>(number: f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.fract() == 0. && number >= 0. {
        serializer.serialize_u64(number as u64)
    } else {
        serializer.serialize_f64(number)
    }
}
