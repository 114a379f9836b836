// HugePages: an allocator for tables of many megabytes that are read here and there. With pages of 4 kB nearly every
// such read also misses the processor's table of pages; a page of 2 MB stands there for 512 of them.
//
// What is smaller than a huge page comes from operator new. Linux gives huge pages where
// /sys/kernel/mm/transparent_hugepage/enabled says madvise or always; elsewhere the memory is as any other.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <new>

namespace tocsin {

template <typename T>
class HugePages {
 public:
  using value_type = T;
  static constexpr std::size_t kPage = std::size_t{2} << 20;

  HugePages() = default;
  template <typename U>
  HugePages(const HugePages<U>&) {}  // NOLINT(google-explicit-constructor): a vector rebinds it

  T* allocate(std::size_t n) {
    const std::size_t bytes = n * sizeof(T);
    if (bytes < kPage) return static_cast<T*>(::operator new(bytes));
    void* const memory = ::operator new (bytes, std::align_val_t{kPage});
    ::madvise(memory, bytes / kPage * kPage, MADV_HUGEPAGE);  // a wish: refused where the kernel has none
    return static_cast<T*>(memory);
  }
  void deallocate(T* memory, std::size_t n) {
    if (n * sizeof(T) < kPage) return ::operator delete(memory);
    ::operator delete (memory, std::align_val_t{kPage});
  }
  bool operator==(const HugePages&) const { return true; }
};

}  // namespace tocsin
