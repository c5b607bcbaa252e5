# What docs/ shows is what programs print and draw. `./dev docs` brings it up to date.

# The committed op reference is what the catalogue says.
xgrad_program(op_reference ${PROJECT_SOURCE_DIR}/docs/op_reference.cpp)
add_test(NAME op_reference COMMAND ${checks}/same_output ${PROJECT_SOURCE_DIR}/docs/operations.md
                                   $<TARGET_FILE:op_reference> ${PROJECT_SOURCE_DIR}/autograd/ops.hpp)

# A page's C++ blocks compile and run, and print what the page says.
set(pages ${PROJECT_SOURCE_DIR}/README.md)
file(GLOB documents CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/*.md)
list(FILTER documents EXCLUDE REGEX "/(adding-an-op|operations)\\.md$")  # pieces of the library; generated
foreach(document IN LISTS documents)
  file(STRINGS ${document} blocks REGEX "^```cpp")
  if(blocks)
    list(APPEND pages ${document})
  endif()
endforeach()
if(XGRAD_BLAS STREQUAL "none")
  list(FILTER pages EXCLUDE REGEX "/higher-order\\.md$")  # eigenvalues are LAPACK's
endif()
add_custom_target(doc_pages)
set(page_folder ${CMAKE_CURRENT_BINARY_DIR}/pages)
file(MAKE_DIRECTORY ${page_folder})
foreach(page IN LISTS pages)
  get_filename_component(name ${page} NAME_WE)
  set(target page_${name})
  set(source ${page_folder}/${name}.cpp)
  add_custom_command(OUTPUT ${source} COMMAND ${checks}/doc_blocks source ${page} > ${source}
                     DEPENDS ${page} ${checks}/doc_blocks VERBATIM)
  xgrad_program(${target} ${source})
  target_compile_options(${target} PRIVATE -Wno-unused)  # a page names things only to show them
  add_test(NAME ${target} COMMAND ${checks}/doc_blocks check ${page} $<TARGET_FILE:${target}>
           WORKING_DIRECTORY ${page_folder})
  add_dependencies(doc_pages ${target})
endforeach()

# The tutorial's command lines work.
if(TARGET train)
  add_test(NAME tutorial_commands COMMAND ${checks}/doc_blocks run ${PROJECT_SOURCE_DIR}/docs/tutorial.md $<TARGET_FILE:train>
           WORKING_DIRECTORY ${page_folder})
endif()

# The figures are what their program draws.
if(TARGET examples_common)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/figures/*.cpp)
  xgrad_program(figures ${sources})
  target_link_libraries(figures PRIVATE examples_common)
  target_include_directories(figures PRIVATE ${PROJECT_SOURCE_DIR}/examples)
  add_test(NAME figures COMMAND ${checks}/same_figures ${PROJECT_SOURCE_DIR}/docs/figures $<TARGET_FILE:figures>)
endif()
