//! Where what has been counted begins.

/// Turns the sizes of groups into where each begins: the sum of those before.
pub(super) fn to_starts(sizes: &mut [u32]) {
    let mut sum = 0;
    for size in sizes {
        sum += std::mem::replace(size, sum);
    }
}
