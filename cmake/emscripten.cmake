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
add_compile_options(-msimd128 -msse2 -fwasm-exceptions)
add_link_options(-fwasm-exceptions -sALLOW_MEMORY_GROWTH)
