# Packages for WebAssembly: the headers of the system's own, since emscripten looks for none outside its own folders. The
# system's include folder as a whole would hide emscripten's libc, so each folder of headers is linked to by itself.
set(header_links ${CMAKE_BINARY_DIR}/headers)
file(MAKE_DIRECTORY ${header_links})
function(xgrad_system_headers target)
  foreach(folder IN LISTS ARGN)
    find_path(found_${folder} ${folder} PATHS /usr/include /usr/local/include NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH REQUIRED)
    file(CREATE_LINK ${found_${folder}}/${folder} ${header_links}/${folder} SYMBOLIC)
  endforeach()
  add_library(${target} INTERFACE IMPORTED GLOBAL)
  set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES ${header_links})
endfunction()
xgrad_system_headers(xtensor xtensor xtensor-blas xflens xtl)
xgrad_system_headers(xsimd xsimd)
xgrad_system_headers(nlohmann_json::nlohmann_json nlohmann)
# xsimd 8.1 has no WebAssembly batches, but its SSE2 ones compile to them; exceptions are off unless asked for.
# Nothing is destroyed when a page goes.
set(XGRAD_WASM_EXCEPTIONS -fwasm-exceptions CACHE STRING "How exceptions are thrown; clang 14 needs -fexceptions for Boost.Test")
add_compile_options(-msimd128 -msse2 ${XGRAD_WASM_EXCEPTIONS} -fno-c++-static-destructors)
add_link_options(${XGRAD_WASM_EXCEPTIONS} -sALLOW_MEMORY_GROWTH)
# emcmake says how to run programs as well, but with a flag that newer versions of node refuse.
set(CMAKE_CROSSCOMPILING_EMULATOR node --no-experimental-fetch CACHE STRING "How tests are run" FORCE)
