# Laws about the source tree and the built libraries.
set(checks ${CMAKE_CURRENT_LIST_DIR})

# Every public header compiles alone; sanitizers have nothing to add.
if(NOT XGRAD_INSTRUMENTED)
file(GLOB headers CONFIGURE_DEPENDS RELATIVE ${PROJECT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/autograd/*.hpp ${PROJECT_SOURCE_DIR}/nn/*.hpp
     ${PROJECT_SOURCE_DIR}/nn/data/*.hpp)
set(header_sources "")
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER ${header} id)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/headers/${id}.cpp)
  file(CONFIGURE OUTPUT ${source} CONTENT "#include <${header}>\n#include <${header}>\n")
  list(APPEND header_sources ${source})
endforeach()
add_library(xgrad_headers OBJECT ${header_sources})
xgrad_compile_options(xgrad_headers)
target_link_libraries(xgrad_headers PRIVATE xgrad::nn xgrad::autograd xtensor)
endif()

add_test(NAME line_budget COMMAND ${checks}/line_budget ${PROJECT_SOURCE_DIR})
add_test(NAME header_weight COMMAND ${checks}/header_weight ${CMAKE_CXX_COMPILER} ${PROJECT_SOURCE_DIR})
if(NOT BUILD_SHARED_LIBS AND NOT XGRAD_BLAS STREQUAL "none")
  add_test(NAME symbols COMMAND ${checks}/symbols $<TARGET_FILE:xgrad_autograd> $<TARGET_FILE:xgrad_nn>)
endif()

if(XGRAD_X86_KERNELS AND NOT BUILD_SHARED_LIBS)
  add_test(NAME kernel_symbols COMMAND ${checks}/kernel_symbols $<TARGET_FILE:xgrad_autograd>)
endif()

include(${checks}/docs.cmake)

# Consumers; sanitizers would have to be theirs too.
if(NOT XGRAD_INSTRUMENTED)
  add_test(NAME install COMMAND ${PROJECT_SOURCE_DIR}/tests/install/run ${CMAKE_COMMAND} ${CMAKE_GENERATOR} ${PROJECT_SOURCE_DIR} ${PROJECT_BINARY_DIR} ${CMAKE_CXX_COMPILER})
  set_tests_properties(install PROPERTIES COST 1000)  # begins first, as the longest
endif()
