//! The events that happen to a load balancer in a case.

use std::fmt;
use std::num::NonZeroU32;

use crate::contract::key_text::KeyText;
use crate::contract::name::Name;
use crate::outcome::{Outcome, Report};

/// One event of a load balancer. An event that does not apply (a second join of one name, for example) changes nothing.
/// Displayed as a line.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// A backend joins with this weight, at this position of the list or at its end.
    Join(Name, u32, usize),
    /// A backend leaves.
    Leave(Name),
    /// A backend gets another weight.
    Reweight(Name, u32),
    /// A backend starts or stops draining.
    Drain(Name, bool),
    /// A backend is marked as down, or as up.
    Down(Name, bool),
    /// A backend becomes a backup, or stops being one.
    Backup(Name, bool),
    /// The cap on a backend's requests in flight is set or removed.
    Cap(Name, Option<NonZeroU32>),
    /// A backend becomes healthy or unhealthy.
    Health(Name, bool),
    /// The list is rotated, so that it begins with another backend.
    Rotate(usize),
    /// The list is replaced by these backends with these weights.
    Replace(Vec<(Name, u32)>),
    /// The load balancer switches to another algorithm and back.
    Detour,
    /// A request arrives.
    Request(Request),
    /// The open request of this number ends, with this outcome if there is one.
    End(usize, Option<Outcome>),
    /// A backend reports its load.
    Report(Name, Report),
}

impl Event {
    /// Returns the backends that it has tried, if it is a request.
    #[must_use]
    pub fn tried(&self) -> &[Name] {
        match self {
            Self::Request(request) => &request.tried,
            _ => &[],
        }
    }

    /// Returns the backends that the event names.
    pub(super) fn names_mut(&mut self) -> Vec<&mut Name> {
        match self {
            Self::Join(name, ..)
            | Self::Leave(name)
            | Self::Reweight(name, _)
            | Self::Drain(name, _)
            | Self::Down(name, _)
            | Self::Backup(name, _)
            | Self::Cap(name, _)
            | Self::Health(name, _)
            | Self::Report(name, _) => vec![name],
            Self::Replace(members) => members.iter_mut().map(|(name, _)| name).collect(),
            Self::Request(request) => request.tried.iter_mut().collect(),
            Self::Rotate(_) | Self::Detour | Self::End(..) => Vec::new(),
        }
    }
}

/// A request of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The number of its [key](KeyText).
    pub key: u64,
    /// The backends that it has already tried.
    pub tried: Vec<Name>,
    /// Whether it stays in flight.
    pub stays: bool,
}

impl Request {
    /// Creates a request that has tried no backend and ends at once.
    #[must_use]
    pub const fn new(key: u64) -> Self {
        Self {
            key,
            tried: Vec::new(),
            stays: false,
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "request key {}", KeyText::new(self.key))?;
        for (place, tried) in self.tried.iter().enumerate() {
            let before = if place == 0 { " that has tried" } else { "," };
            write!(f, "{before} {tried}")?;
        }
        f.write_str(if self.stays { ", stays in flight" } else { "" })
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Join(name, weight, usize::MAX) => write!(f, "join {name} weight {weight}"),
            Self::Join(name, weight, place) => {
                write!(f, "join {name} weight {weight} at place {place}")
            }
            Self::Leave(name) => write!(f, "leave {name}"),
            Self::Reweight(name, weight) => write!(f, "reweight {name} to {weight}"),
            Self::Drain(name, drain) => write!(f, "drain {name} {drain}"),
            Self::Down(name, down) => write!(f, "down {name} {down}"),
            Self::Backup(name, backup) => write!(f, "backup {name} {backup}"),
            Self::Cap(name, Some(most)) => write!(f, "cap {name} at {most} in flight"),
            Self::Cap(name, None) => write!(f, "cap {name} no more"),
            Self::Health(name, healthy) => write!(f, "health {name} {healthy}"),
            Self::Rotate(by) => write!(f, "rotate the list by {by}"),
            Self::Replace(members) => {
                f.write_str("replace all by")?;
                for (place, (name, weight)) in members.iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    write!(f, "{comma} {name} weight {weight}")?;
                }
                f.write_str(if members.is_empty() { " none" } else { "" })
            }
            Self::Detour => f.write_str("set another algorithm and this one again"),
            Self::Request(request) => request.fmt(f),
            Self::End(index, None) => write!(f, "end open request {index}"),
            Self::End(index, Some(outcome)) => {
                let how = if outcome.success {
                    "success"
                } else {
                    "failure"
                };
                write!(
                    f,
                    "end open request {index}: {how} after {:?}",
                    outcome.latency
                )
            }
            Self::Report(name, Report { in_flight, latency }) => {
                write!(f, "report of {name}: {in_flight} in flight, {latency:?}")
            }
        }
    }
}
