// HugePages: an allocator for tables of many megabytes that are read here and there. With pages of 4 kB nearly every
// such read also misses the processor's table of pages; a page of 2 MB stands there for 512 of them.
//
// What is as large as a huge page or larger is mapped by itself and goes back to the system when it is freed: from
// malloc, a queue of such pages among small things that stay leaves gaps that fit no page (46 bytes an article
// in 52 minutes of a night). What is smaller comes from operator new. Linux gives huge pages where
// /sys/kernel/mm/transparent_hugepage/enabled says madvise or always; elsewhere the memory is as any other.
#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
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
    // A page more, so that there is room to begin at a page; what stands over is given back.
    const std::size_t size = whole_pages(bytes);
    void* const memory = ::mmap(nullptr, size + kPage, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::bad_alloc();
    auto* const from = static_cast<char*>(memory);
    const std::size_t before = (kPage - reinterpret_cast<std::uintptr_t>(from) % kPage) % kPage;
    if (before > 0) ::munmap(from, before);
    if (before < kPage) ::munmap(from + before + size, kPage - before);
    ::madvise(from + before, size, MADV_HUGEPAGE);  // a wish: refused where the kernel has none
    return reinterpret_cast<T*>(from + before);
  }
  void deallocate(T* memory, std::size_t n) {
    if (n * sizeof(T) < kPage) return ::operator delete(memory);
    ::munmap(memory, whole_pages(n * sizeof(T)));
  }
  bool operator==(const HugePages&) const { return true; }

 private:
  static std::size_t whole_pages(std::size_t bytes) { return (bytes + kPage - 1) / kPage * kPage; }
};

}  // namespace tocsin
