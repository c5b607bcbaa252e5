# Static libraries may go into shared ones; in WebAssembly there are none, and such code is slower.
set(XGRAD_PIC ON)
if(EMSCRIPTEN)
  set(XGRAD_PIC OFF)
endif()

# Options of our own targets only; nothing leaks to users.
function(xgrad_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  # Option structs are filled by name, the rest by their defaults; products and sums are fused only where kernels say so.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wno-missing-field-initializers
                                           -ffp-contract=off -fno-math-errno)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)  # GCC bug 105651: a false alarm in std::string's operator+
  endif()
  if(XGRAD_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# A program of ours: options, nn and autograd.
function(xgrad_program target)
  add_executable(${target} ${ARGN})
  xgrad_compile_options(${target})
  target_link_libraries(${target} PRIVATE xgrad::nn xgrad::autograd)
endfunction()
