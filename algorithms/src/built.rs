//! The fast path: the balancers of our own algorithms as one type, dispatched without a table of
//! functions.

use enum_dispatch::enum_dispatch;
use std::any::Any;
use std::time::Duration;

use crate::balancer::Balancer;
#[cfg(feature = "dialects")]
use crate::dialect;
use crate::hash::Fingerprint;
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;
use crate::strategy;

