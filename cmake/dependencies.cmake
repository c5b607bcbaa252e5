# xtensor, xtensor-blas, xsimd and nlohmann-json stay private to the library: users link it and need none of their
# headers, unless they include autograd/array.hpp.
if(EMSCRIPTEN)
  include(cmake/emscripten.cmake)
else()
  find_package(xtensor REQUIRED)
  find_package(xsimd REQUIRED)
  find_package(nlohmann_json 3.10 REQUIRED)
endif()
if(XGRAD_ZLIB)
  find_package(ZLIB REQUIRED)
endif()
include(cmake/blas.cmake)
find_package(Threads REQUIRED)
