//! Turns counts into starts.

/// Turns the sizes of groups into the start of each: the sum of the sizes before.
pub(super) fn to_starts(sizes: &mut [u32]) {
    let mut sum = 0;
    for size in sizes {
        sum += std::mem::replace(size, sum);
    }
}
