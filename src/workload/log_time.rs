//! Times of a log, with the zone that the log has them in.

use std::fmt;

use jiff::Timestamp;
use jiff::fmt::strtime;
use jiff::tz::{Offset, TimeZone};
use serde::{Serialize, Serializer};

/// How logs write times.
const FORM: &str = "%d/%b/%Y:%H:%M:%S %z";

/// A time as a log has it, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LogTime {
    /// Seconds since 1970 UTC.
    pub second: i64,
    /// The zone: seconds east of UTC.
    pub offset: i32,
}

impl LogTime {
    /// Reads a time such as `17/May/2015:10:05:03 +0000`; `None` if it is not one.
    pub(super) fn parse(text: &[u8]) -> Option<Self> {
        let time = strtime::parse(FORM, text).ok()?;
        Some(Self {
            second: time.to_timestamp().ok()?.as_second(),
            offset: time.offset()?.seconds(),
        })
    }

    /// Returns the start of the window of this length in seconds that it is in, by the clock of its zone: windows of an
    /// hour begin at its full hours.
    pub(super) const fn window(self, width: u64) -> Self {
        let clock = self.second + self.offset as i64;
        Self {
            second: self.second - clock.rem_euclid(width as i64),
            ..self
        }
    }
}

/// As in the log, so that its lines can be searched for it.
impl fmt::Display for LogTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let zone = Offset::from_seconds(self.offset).map(TimeZone::fixed);
        let time = Timestamp::from_second(self.second).ok().zip(zone.ok());
        match time {
            Some((time, zone)) => write!(f, "{}", time.to_zoned_datetime(zone).strftime(FORM)),
            // A window may begin before the first time that there is.
            None => write!(f, "{} s after 1970", self.second),
        }
    }
}

impl Serialize for LogTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_begin_on_the_clock_of_the_zone() {
        for (time, width, start) in [
            (
                "17/May/2015:10:05:03 +0000",
                60,
                "17/May/2015:10:05:00 +0000",
            ),
            (
                "17/May/2015:10:35:03 +0530",
                3_600,
                "17/May/2015:10:00:00 +0530",
            ),
            (
                "17/May/2015:01:35:03 +0200",
                86_400,
                "17/May/2015:00:00:00 +0200",
            ),
            (
                "31/Dec/1969:23:59:59 -0100",
                60,
                "31/Dec/1969:23:59:00 -0100",
            ),
            (
                "17/May/2015:10:05:00 -0700",
                60,
                "17/May/2015:10:05:00 -0700",
            ),
        ] {
            let read = LogTime::parse(time.as_bytes()).unwrap();
            assert_eq!(read.to_string(), time);
            assert_eq!(read.window(width).to_string(), start);
        }
        assert_eq!(LogTime::parse(b"yesterday"), None);
    }
}
