# Static libraries may go into shared ones; in WebAssembly there are none, and such code is slower.
set(XGRAD_PIC ON)
if(EMSCRIPTEN)
  set(XGRAD_PIC OFF)
endif()

# With sanitizers or counts of lines programs are slow, and other libraries would have to be built so too.
string(REGEX MATCH "-fsanitize|--coverage" XGRAD_INSTRUMENTED "${CMAKE_CXX_FLAGS}")
if(XGRAD_INSTRUMENTED)
  add_compile_definitions(XGRAD_INSTRUMENTED)
endif()

# Options of our own targets only; nothing leaks to users.
function(xgrad_compile_options target)
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  # Option structs are filled by name, the rest by their defaults; products and sums are fused only where kernels say so.
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wconversion -Wno-missing-field-initializers
                                           -ffp-contract=off -fno-math-errno)
  # Places in the sources are named from the project's folder on, wherever that was.
  target_compile_options(${target} PRIVATE -fmacro-prefix-map=${xgrad_SOURCE_DIR}/=)
  if(CMAKE_CXX_COMPILER_ID STREQUAL GNU AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(${target} PRIVATE -Wno-restrict)  # GCC bug 105651: a false alarm in std::string's operator+
  endif()
  if(XGRAD_CONTENTS STREQUAL page)
    target_compile_options(${target} PRIVATE -fno-rtti)  # the names of a thousand lambdas' types
  endif()
  if(XGRAD_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# A library of ours, xgrad::NAME.
function(xgrad_library name)
  set(target xgrad_${name})
  add_library(${target} ${ARGN})
  add_library(xgrad::${name} ALIAS ${target})
  set_target_properties(${target} PROPERTIES EXPORT_NAME ${name} OUTPUT_NAME xgrad-${name} POSITION_INDEPENDENT_CODE ${XGRAD_PIC})
  xgrad_compile_options(${target})
  target_compile_options(${target} PRIVATE $<$<CONFIG:Debug>:-Og>)  # nets are trained in debug builds too
endfunction()

# A program of ours: options, nn and autograd.
function(xgrad_program target)
  add_executable(${target} ${ARGN})
  xgrad_compile_options(${target})
  target_link_libraries(${target} PRIVATE xgrad::nn xgrad::autograd)
endfunction()
