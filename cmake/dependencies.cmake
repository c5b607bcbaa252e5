# xtensor, xtensor-blas, xsimd and nlohmann-json stay private to the library: users link it and need none of their
# headers, unless they include autograd/array.hpp.
find_package(xtensor REQUIRED)
find_package(xsimd REQUIRED)
if(XGRAD_ZLIB)
  find_package(ZLIB REQUIRED)
endif()
find_package(nlohmann_json 3.10 REQUIRED)
if(NOT XGRAD_FLENS)
  find_package(BLAS REQUIRED)
  find_package(LAPACK REQUIRED)
endif()
find_package(Threads REQUIRED)
