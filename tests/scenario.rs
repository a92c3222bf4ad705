//! Simulations in which something happens: backends that slow down, stop, come and go, and what caches
//! make of it. The trace of keys is not part of the project; where the folder `shared/data` lies beside it
//! it is used, elsewhere these tests say that they are skipped.

mod caches;
mod events;
mod support;
mod windows;
